import type { RunEvent } from '@aiwork/core';
import { expect, it } from 'vitest';
import { callsByWorker } from './calls-by-worker.ts';

const used = (...owners: readonly string[]) =>
  ({
    type: 'child.used',
    stepId: 's',
    stints: owners.map((owner, i) => ({ owner, from: i, to: i })),
  }) as unknown as RunEvent;

it('counts for each worker what it did, and what it left to others', () => {
  expect(callsByWorker([used('b/2'), used('a/1'), used('b/2', 'a/1')])).toEqual([
    'WORKER  CALLS  LEFT TO OTHERS',
    'a/1     2',
    'b/2     1      1',
  ]);
});

it('says nothing of runs that no queue was asked for', () => {
  expect(callsByWorker([{ type: 'child.used', stepId: 's', tokens: 3 } as unknown as RunEvent])).toEqual([]);
});
