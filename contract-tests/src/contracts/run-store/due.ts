import type { RunStatus, RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { forEachOf } from '../collect.ts';
import { create, runRecord, slackMs, start } from './journal.ts';

export const due: CheckGroup<RunStore> = {
  id: 'due',
  title: 'Due runs',
  checks: [
    {
      id: 'run-store.due.can-move',
      rule: 'Due are `queued` and `running` runs, and `waiting` ones whose wake time has come',
      anchor: 'RunStore.due',
      why: 'a run that is not named here is never resumed after a crash',
      async run(t) {
        const store = await t.open();
        const wakeAt = start + 500;
        const statuses: readonly RunStatus[] = [
          'running',
          'succeeded',
          'queued',
          'failed',
          'cancelled',
          'waiting',
        ];
        for (const status of statuses) await create(store, status, { status });
        await create(store, 'asleep', { status: 'waiting', wakeAt });
        t.same(
          await store.due(wakeAt - 1, 10),
          ['running', 'queued'],
          'due() a millisecond before a wake time',
        );
        t.same(await store.due(wakeAt, 10), ['running', 'queued', 'asleep'], 'due() at a wake time');
        await store.append('running', { expectedSeq: 0, events: [], status: 'succeeded' });
        await store.append('waiting', { expectedSeq: 0, events: [], wakeAt: start });
        t.same(
          await store.due(start, 10),
          ['queued', 'waiting'],
          'due() after a run ended and another has a wake time',
        );
        await store.append('running', { expectedSeq: 0, events: [], status: 'running' });
        t.same(
          await store.due(start, 10),
          ['running', 'queued', 'waiting'],
          'due() after a finished run goes on',
        );
      },
    },
    {
      id: 'run-store.due.not-held',
      rule: 'Due are runs nobody holds a lease on; one that has expired is held by nobody',
      anchor: 'RunStore.due',
      why: 'workers would fight for runs that are in good hands',
      async run(t) {
        const store = await t.open();
        const ttlMs = 300;
        const begun = t.now();
        await store.createRun(runRecord('short'), { lease: { owner: 'a', ttlMs } });
        await store.createRun(runRecord('long'), { lease: { owner: 'a', ttlMs: 600_000 } });
        const held = await store.due(start, 10);
        t.that(held.length === 0 || t.now() - begun >= ttlMs, 'due() while both are held to be []', held);
        await t.wait(ttlMs + slackMs);
        t.same(await store.due(start, 10), ['short'], 'due() after one lease expired');
        await store.release('long', 'a');
        t.same(await store.due(start, 10), ['short', 'long'], 'due() after the other was given back');
      },
    },
    {
      id: 'run-store.due.oldest-first',
      rule: 'The run that was created first comes first, up to the limit',
      anchor: 'RunStore.due',
      why: 'under load, the oldest runs would starve',
      async run(t) {
        const store = await t.open();
        for (const id of ['b', 'c', 'a']) await create(store, id);
        await store.append('b', { expectedSeq: 0, events: [], status: 'queued' });
        t.same(await store.due(start, 2), ['b', 'c'], 'due() of two of three');
        t.same(await store.due(start, 10), ['b', 'c', 'a'], 'due() of all');
        for (const limit of [0, -1, 0.5]) {
          await t.refuses(() => store.due(start, limit), `due() with limit ${limit}`, {
            code: 'AIWORK_INVALID_ARGUMENT',
            notApplied: false,
          });
        }
      },
    },
    {
      id: 'run-store.due.beyond-a-page',
      rule: 'As many runs are named as are due and asked for',
      anchor: 'RunStore.due',
      why: 'after an outage there are more than any page holds',
      async run(t) {
        const store = await t.open();
        await forEachOf(
          Array.from({ length: 1200 }, (_, n) => `run ${n}`),
          (id) => create(store, id),
        );
        t.same(new Set(await store.due(start, 5000)).size, 1200, 'the number of runs due of 1200');
      },
    },
  ],
};
