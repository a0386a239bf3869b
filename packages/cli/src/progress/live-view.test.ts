import type { FlowGraph, RunEventBody } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { progressLines } from './live-view.ts';
import { trackProgress } from './run-progress.ts';

const paint = (_: unknown, text: string) => text;

function progressOf(ids: readonly string[], events: readonly RunEventBody[] = []) {
  const progress = trackProgress({ nodes: ids.map((id) => ({ id })) } as unknown as FlowGraph);
  for (const [i, event] of events.entries()) progress.apply({ seq: i + 1, at: 1000, runId: 'r', ...event });
  return progress;
}

describe('progress lines', () => {
  it('shows each step with what there is to say of it, and a summary', () => {
    const progress = progressOf(
      ['fetch', 'summarise', 'approve', 'pause', 'publish'],
      [
        { type: 'step.started', stepId: 'fetch', attempt: 1 },
        { type: 'step.succeeded', stepId: 'fetch', attempt: 1 },
        {
          type: 'step.retrying',
          stepId: 'summarise',
          attempt: 1,
          delayMs: 3000,
          error: { name: 'Error', message: 'too\nbusy', retryable: true },
        },
        { type: 'step.waiting', stepId: 'approve', prompt: 'Publish it?' },
        { type: 'step.sleeping', stepId: 'pause', until: 61_000 },
      ],
    );
    expect(progressLines(progress, { paint, now: 2000, height: 20 })).toEqual([
      '✔ fetch      0 ms',
      '↻ summarise  1.0 s, attempt 1 failed, next in 2.0 s: too busy',
      '◆ approve    waits for a signal: Publish it?',
      '◌ pause      wakes in 59.0 s',
      '○ publish',
      '1 of 5 steps · 1 retry · 1.0 s',
    ]);
  });

  it('never takes more lines than there are, and keeps what is failed or going on', () => {
    const ids = Array.from({ length: 50 }, (_, i) => `s${i}`);
    const progress = progressOf(ids, [
      { type: 'step.succeeded', stepId: 's0', attempt: 1 },
      {
        type: 'step.failed',
        stepId: 's7',
        attempt: 1,
        error: { name: 'Error', message: 'no', retryable: false },
      },
      { type: 'step.started', stepId: 's40', attempt: 1 },
    ]);
    for (const height of [1, 2, 3, 5, 10, 60]) {
      const lines = progressLines(progress, { paint, now: 1000, height });
      expect(lines.length).toBe(Math.min(height, 51));
      expect(lines.at(-1)).toContain('2 of 50 steps');
      if (height >= 5) {
        expect(lines.join('\n')).toMatch(/s7 .*failed[\s\S]*s40 /);
      }
    }
    expect(progressLines(progress, { paint, now: 1000, height: 5 }).at(-2)).toBe('  … 47 more steps');
  });

  it('turns a spinner for what runs', () => {
    const progress = progressOf(['a'], [{ type: 'step.started', stepId: 'a', attempt: 1 }]);
    const at = (frame: number) => progressLines(progress, { paint, now: 1000, height: 5, frame })[0];
    expect(at(0)).not.toBe(at(1));
    expect(at(0)).toBe(at(10));
  });
});
