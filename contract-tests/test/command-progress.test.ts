import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createProgress, type Ended } from '../src/command/progress.ts';

const ended = (what: string, how: Ended['how']): Ended => ({ what, how, durationMs: 5 });

/** All that progress over these writes to a terminal as wide as `columns`, or to a file. */
function written(all: readonly Ended[], columns?: number): string {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const progress = createProgress(columns === undefined ? { write } : { write, isTTY: true, columns });
  progress.begin('my store', all.length);
  for (const one of all) progress.ended(one);
  progress.end();
  return text;
}

const all = [ended('s.a.first', 'passed'), ended('s.a.second', 'failed'), ended('s.a.third', 'skipped')];

describe('the progress of a command', () => {
  it('is a line for each that ran', () => {
    expect(written(all)).toBe('my store\n[1/3] passed  s.a.first  5 ms\n[2/3] failed  s.a.second  5 ms\n');
  });

  it('is one line that changes on a terminal, above which what failed stays', () => {
    vi.stubEnv('NO_COLOR', '1');
    onTestFinished(() => void vi.unstubAllEnvs());
    const erase = '\r\u001b[2K';
    expect(written(all, 80)).toBe(
      [
        `my store\n${erase}[1/3] passed  s.a.first  5 ms`,
        `${erase}[2/3] failed  s.a.second  5 ms\n`,
        `${erase}[3/3] skipped s.a.third  5 ms`,
        erase,
      ].join(''),
    );
  });

  it('never wraps a line that has to be taken back, and has colours on a terminal', () => {
    vi.stubEnv('NO_COLOR', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    const long = ended(`s.a.${'x'.repeat(80)}`, 'passed');
    expect(written([long], 80)).toBe('my store\n\r\u001b[2K[1/1]\r\u001b[2K');
    expect(written(all, 80)).toContain('\u001b[31mfailed \u001b[39m s.a.second');
  });
});
