import type { RunEvent } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { progressLines } from './progress.ts';

/** The lines of events that come at these times. */
function linesOf(events: readonly (readonly [at: number, event: object])[]): (string | undefined)[] {
  const lineFor = progressLines();
  return events.map(([at, event], i) =>
    lineFor({ seq: i + 1, at, runId: 'r', ...event } as RunEvent)?.trim(),
  );
}

const done = (stepId: string, output?: unknown) => ({ type: 'step.succeeded', stepId, attempt: 1, output });
const started = (stepId: string) => ({ type: 'step.started', stepId, attempt: 1 });

describe('progressLines', () => {
  it('says what a step gave and how long it took', () => {
    const [, line] = linesOf([
      [1000, started('split')],
      [3500, done('split', [{}, {}])],
    ]);
    expect(line).toMatch(/^split +2 passages +2\.5 s$/);
  });

  it('counts the files of a long reading at most once a second', () => {
    const lines = linesOf([
      [0, started('read')],
      [0, { type: 'step.expanded', stepId: 'read', inputs: [1, 2, 3, 4] }],
      [500, done('read[0]')],
      [1200, done('read[1]')],
      [1300, done('read[2]')],
      [2500, done('read[3]')],
    ]);
    expect(lines.filter((line) => line !== undefined)).toEqual(['read       2 of 4 files']);
  });

  it('counts the passages of a long indexing', () => {
    const indexed = (count: number) => ({
      type: 'emitted',
      stepId: 'index',
      name: 'indexed',
      data: { count, of: 300 },
    });
    const lines = linesOf([
      [0, started('index')],
      [500, indexed(100)],
      [1500, indexed(200)],
      [2600, indexed(300)],
    ]);
    expect(lines.filter((line) => line !== undefined)).toEqual(['index      200 of 300 passages']);
  });

  it('says why a step failed, in one line', () => {
    const error = { name: 'Error', message: 'no\nspace\u001b[2J left', retryable: true };
    expect(linesOf([[0, { type: 'step.failed', stepId: 'report', attempt: 1, error }]])).toEqual([
      'report     failed: no space left',
    ]);
  });

  it('is silent about steps that were not needed', () => {
    expect(linesOf([[0, { type: 'step.skipped', stepId: 'ask-model' }]])).toEqual([undefined]);
  });
});
