import type { FlowGraph, RunEventBody } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { trackProgress } from './run-progress.ts';

const graph = { nodes: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] } as unknown as FlowGraph;
const error = { name: 'Error', message: 'refused', retryable: true };

function after(...events: (RunEventBody & { at?: number })[]) {
  const progress = trackProgress(graph);
  for (const [i, event] of events.entries())
    progress.apply({ seq: i + 1, at: i * 100, runId: 'r', ...event });
  return progress;
}

describe('run progress', () => {
  it('knows all steps before they start, in the order of the flow', () => {
    expect(after().steps.map(({ id, state }) => [id, state])).toEqual([
      ['a', 'pending'],
      ['b', 'pending'],
      ['c', 'pending'],
    ]);
  });

  it('follows a step over a retry to its end, timing it from its first start', () => {
    const progress = after(
      { type: 'step.started', stepId: 'a', attempt: 1 },
      { type: 'step.retrying', stepId: 'a', attempt: 1, error, delayMs: 50 },
      { type: 'step.started', stepId: 'a', attempt: 2 },
      { type: 'step.succeeded', stepId: 'a', attempt: 2 },
    );
    expect(progress.steps[0]).toEqual({
      id: 'a',
      state: 'succeeded',
      attempt: 2,
      startedAt: 0,
      endedAt: 300,
    });
    expect(progress.retries).toBe(1);
  });

  it('says what a retrying, waiting or failed step is about', () => {
    const progress = after(
      { type: 'step.retrying', stepId: 'a', attempt: 1, error, delayMs: 50 },
      { type: 'step.waiting', stepId: 'b', prompt: { approve: true }, expiresAt: 900 },
      { type: 'step.failed', stepId: 'c', attempt: 1, error },
    );
    expect(progress.steps).toMatchObject([
      { state: 'retrying', note: 'refused', dueAt: 50 },
      { state: 'waiting', note: '{"approve":true}', dueAt: 900 },
      { state: 'failed', note: 'refused' },
    ]);
  });

  it('drops the note of a failed attempt when the next one starts', () => {
    const progress = after(
      { type: 'step.retrying', stepId: 'a', attempt: 1, error, delayMs: 50 },
      { type: 'step.started', stepId: 'a', attempt: 2 },
    );
    expect(progress.steps[0]).not.toHaveProperty('note');
    expect(progress.steps[0]).not.toHaveProperty('dueAt');
  });

  it('counts the items of a map in its step', () => {
    const progress = after(
      { type: 'step.expanded', stepId: 'b', inputs: [1, 2, 3] },
      { type: 'step.started', stepId: 'b[0]', attempt: 1 },
      { type: 'step.succeeded', stepId: 'b[0]', attempt: 1 },
      { type: 'step.succeeded', stepId: 'b[2]', attempt: 1 },
    );
    expect(progress.steps).toHaveLength(3);
    expect(progress.steps[1]).toMatchObject({ state: 'running', items: 3 });
    expect(progress.partsDone('b')).toBe(2);
  });

  it('takes what a step runs inside itself for a part of it', () => {
    const progress = after(
      { type: 'step.started', stepId: 'a', attempt: 1 },
      { type: 'step.waiting', stepId: 'a/approve', prompt: 'may I?' },
    );
    expect(progress.steps).toHaveLength(3);
    expect(progress.steps[0]).toMatchObject({ state: 'running', note: 'a/approve: may I?' });
  });

  it('learns of the steps from the journal where it has no graph', () => {
    const progress = trackProgress();
    const identity = { unitId: 'f', version: '1', graphHash: '', tags: [] };
    const digests = { first: '1', second: '2' };
    progress.apply({ seq: 1, at: 1, runId: 'r', type: 'run.started', ...identity, digests });
    expect(progress.steps.map(({ id }) => id)).toEqual(['first', 'second']);
  });

  it('shows steps it was not told of as they come', () => {
    expect(after({ type: 'step.started', stepId: 'x', attempt: 1 }).steps.at(-1)).toMatchObject({ id: 'x' });
  });
});
