import type { RunEvent, RunEventBody } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { rowsOf } from './rows.ts';
import { timeScale } from './time-scale.ts';

const error = { name: 'Error', message: 'no', retryable: true };

/** Events at the given times, in milliseconds. */
function journal(...events: readonly (readonly [at: number, body: RunEventBody])[]): RunEvent[] {
  return events.map(([at, body], i) => ({ ...body, seq: i + 1, at, runId: 'r' }) as RunEvent);
}

const started = (stepId: string, attempt = 1): RunEventBody => ({ type: 'step.started', stepId, attempt });
const succeeded = (stepId: string, output?: unknown): RunEventBody => ({
  type: 'step.succeeded',
  stepId,
  attempt: 1,
  output,
});

describe('the rows of a timeline', () => {
  it('show attempts, and the pauses between them', () => {
    const [row] = rowsOf(
      journal(
        [0, started('a')],
        [10, { type: 'step.retrying', stepId: 'a', attempt: 1, error, delayMs: 5 }],
        [15, started('a', 2)],
        [20, succeeded('a', 7)],
      ),
    );
    expect(row).toMatchObject({ status: 'succeeded', attempts: 2, output: 7 });
    expect(row?.spans.map(({ kind, from, to, failed }) => [kind, from, to, failed ?? false])).toEqual([
      ['attempt', 0, 10, true],
      ['retry', 10, 15, false],
      ['attempt', 15, 20, false],
    ]);
  });

  it('tell the work of others from the time in their queue', () => {
    const usage = { tokens: 0, cost: 0, modelCalls: 0, toolCalls: 0 };
    const stints = [
      { owner: 'a/1', from: 10, to: 15 },
      { owner: 'b/2', from: 40, to: 50 },
    ];
    const [row] = rowsOf(
      journal(
        [0, started('a')],
        [52, { type: 'child.used', stepId: 'a', ...usage, stints }],
        [53, succeeded('a')],
      ),
    );
    expect(row?.spans.map(({ kind, from, to, owner }) => [kind, from, to, owner])).toEqual([
      ['queue', 0, 10, undefined],
      ['attempt', 10, 15, 'a/1'],
      ['queue', 15, 40, undefined],
      ['attempt', 40, 53, 'b/2'],
    ]);
  });

  it('never reach back, whatever the clocks of others say', () => {
    const usage = { tokens: 0, cost: 0, modelCalls: 0, toolCalls: 0 };
    const stints = [{ owner: 'a/1', from: -500, to: -400 }];
    const [row] = rowsOf(
      journal(
        [0, started('a')],
        [9, { type: 'child.used', stepId: 'a', ...usage, stints }],
        [9, succeeded('a')],
      ),
    );
    expect(row?.spans.map(({ kind, from, to }) => [kind, from, to])).toEqual([['attempt', 0, 9]]);
  });

  it('put parts under what they are parts of, in the order they began', () => {
    const rows = rowsOf(
      journal(
        [0, started('m')],
        [1, { type: 'step.expanded', stepId: 'm', inputs: ['x', 'y'] }],
        [2, started('other')],
        [3, started('m[1]')],
        [3, started('m[0]')],
        [4, started('m[0]/tool')],
      ),
    );
    expect(rows.map(({ id, depth }) => `${'.'.repeat(depth)}${id}`)).toEqual([
      'm',
      '.m[1]',
      '.m[0]',
      '..m[0]/tool',
      'other',
    ]);
  });

  it('let what has no end reach to the last event', () => {
    const [row] = rowsOf(
      journal([0, started('w')], [5, { type: 'step.waiting', stepId: 'w' }], [90, started('x')]),
    );
    expect(row).toMatchObject({ status: 'waiting' });
    expect(row?.spans.at(-1)).toMatchObject({ kind: 'wait', from: 5, to: 90 });
  });

  it('of ten thousand items are ready in an instant', () => {
    const events = journal(
      [0, started('m')],
      ...Array.from({ length: 10_000 }, (_, i) => [i, started(`m[${i}]`)] as const),
    );
    expect(rowsOf(events)).toHaveLength(10_001);
  });
});

describe('the time scale', () => {
  it('shortens hours in which nothing worked, and marks them', () => {
    const hour = 3_600_000;
    const rows = rowsOf(
      journal(
        [0, started('a')],
        [1000, succeeded('a')],
        [1000, started('w')],
        [1000, { type: 'step.waiting', stepId: 'w' }],
        [hour, succeeded('w')],
        [hour, started('b')],
        [hour + 1000, succeeded('b')],
      ),
    );
    const scale = timeScale(rows, 0, hour + 1000);
    expect(scale.breaks).toHaveLength(1);
    expect(scale.place(1000)).toBeGreaterThan(0.4);
    expect(scale.place(hour)).toBeLessThan(0.6);
    expect([scale.place(0), scale.place(hour + 1000)]).toEqual([0, 1]);
  });

  it('is even where there is work all the time, with round times on it', () => {
    const scale = timeScale(rowsOf(journal([0, started('a')], [1000, succeeded('a')])), 0, 1000);
    expect(scale.place(250)).toBeCloseTo(0.25);
    expect(scale.ticks.map(({ ms }) => ms)).toEqual([0, 200, 400, 600, 800, 1000]);
  });

  it('of a run without any time is no division by zero', () => {
    const scale = timeScale(rowsOf(journal([5, succeeded('a')])), 5, 5);
    expect(scale.place(5)).toBe(0);
  });
});
