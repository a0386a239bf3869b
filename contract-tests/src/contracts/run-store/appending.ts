import type { RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { collect } from '../collect.ts';
import { create, runEvents, runRecord, seqsOf, slackMs, start, write } from './journal.ts';

export const appending: CheckGroup<RunStore> = {
  id: 'append',
  title: 'Appending',
  checks: [
    {
      id: 'run-store.append.in-order',
      rule: 'Appended events are kept as they were, in order, and the last number is said',
      anchor: 'RunStore.append',
      why: 'the state of a run is what follows from its events and nothing else',
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        const events = runEvents('run', 1, 3);
        t.same(
          await store.append('run', { expectedSeq: 0, events }),
          { applied: true, seq: 3 },
          'append() of 1 to 3',
        );
        t.same(
          await store.append('run', { expectedSeq: 3, events: [] }),
          { applied: true, seq: 3 },
          'append() of none',
        );
        const odd = {
          ...runEvents('run', 4)[0],
          stepId: 'nul\u0000 😀 \u2028',
          extra: { ['__proto__']: [null] },
        };
        await store.append('run', { expectedSeq: 3, events: [odd as never] });
        t.same(await collect(store.events('run')), [...events, odd], 'the events');
      },
    },
    {
      id: 'run-store.append.refuses-conflicts',
      rule: 'An append whose `expectedSeq` is not the last one is a conflict and changes nothing',
      anchor: 'Append.expectedSeq',
      why: 'an owner that lost its run would write over what the next one did',
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        await write(store, 'run', 1, 2);
        const before = await store.getRun('run');
        for (const expectedSeq of [0, 1, 3, 99]) {
          const append = {
            expectedSeq,
            events: runEvents('run', expectedSeq + 1),
            status: 'failed',
            wakeAt: 7,
          } as const;
          const result = await store.append('run', append);
          t.same(
            result,
            { applied: false, reason: 'conflict' },
            `append() after 2 events with expectedSeq ${expectedSeq}`,
          );
        }
        const empty = await store.append('run', { expectedSeq: 1, events: [], status: 'failed' });
        t.same(empty, { applied: false, reason: 'conflict' }, 'append() of no events with expectedSeq 1');
        t.same(await seqsOf(store, 'run'), [1, 2], 'the events after refused appends');
        t.same(await store.getRun('run'), before, 'the record after refused appends');
      },
    },
    {
      id: 'run-store.append.refuses-gaps',
      rule: 'Events are numbered from `expectedSeq + 1` on without a gap',
      anchor: 'Append.events',
      why: 'a journal with a gap cannot be told from one that lost something',
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        const bad = [
          ['with a gap', 0, [...runEvents('run', 1), ...runEvents('run', 3)]],
          ['that begin too late', 0, runEvents('run', 2)],
          ['with a number twice', 0, [...runEvents('run', 1), ...runEvents('run', 1)]],
          ['after a negative number', -1, runEvents('run', 0)],
          ['after no whole number', 0.5, []],
        ] as const;
        for (const [name, expectedSeq, events] of bad) {
          await t.refuses(() => store.append('run', { expectedSeq, events }), `append() of events ${name}`, {
            code: 'AIWORK_INVALID_ARGUMENT',
          });
        }
        t.same(await seqsOf(store, 'run'), [], 'the events after that');
      },
    },
    {
      id: 'run-store.append.moves-the-run',
      rule: 'Status and wake time change with the events; what is left out stays, and a wake time of null is cleared',
      anchor: 'Append.wakeAt',
      why: 'a sleeping run that keeps an old wake time is woken for nothing, one that loses it sleeps for ever',
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        const moved = { status: 'waiting', wakeAt: start + 77 } as const;
        await store.append('run', { expectedSeq: 0, events: runEvents('run', 1), ...moved });
        t.same(
          await store.getRun('run'),
          runRecord('run', { ...moved, updatedAt: start + 1 }),
          'the record after status and wakeAt',
        );
        await write(store, 'run', 2);
        t.same(
          await store.getRun('run'),
          runRecord('run', { ...moved, updatedAt: start + 2 }),
          'the record after events alone',
        );
        await store.append('run', { expectedSeq: 2, events: [], status: 'running', wakeAt: null });
        t.same(
          await store.getRun('run'),
          runRecord('run', { updatedAt: start + 2 }),
          'the record after wakeAt null and no event',
        );
      },
    },
    {
      id: 'run-store.append.guarded-by-lease',
      rule: 'An append with an owner is refused unless that owner holds the lease; one without is not',
      anchor: 'Append.owner',
      why: 'a worker that was paused for too long must not write into a run that another has taken over',
      async run(t) {
        const store = await t.open();
        const ttlMs = 300;
        await create(store, 'run');
        const events = runEvents('run', 1);
        const append = (owner?: string, expectedSeq = 0) =>
          store.append('run', {
            expectedSeq,
            events,
            status: 'failed',
            ...(owner !== undefined && { owner }),
          });
        const refused = { applied: false, reason: 'lease' };
        t.same(await append('a'), refused, 'append() by an owner where nobody holds the lease');
        await store.lease('run', 'a', ttlMs);
        t.same(await append('b'), refused, 'append() by another owner');
        t.same(
          await store.append('run', { expectedSeq: 9, events: [], owner: 'b' }),
          refused,
          'append() with a wrong owner and a wrong expectedSeq',
        );
        await t.wait(ttlMs + slackMs);
        t.same(await append('a'), refused, 'append() by an owner whose lease has expired');
        t.same(await store.getRun('run'), runRecord('run'), 'the record after refused appends');
        await store.lease('run', 'a', 60_000);
        t.same(await append('a'), { applied: true, seq: 1 }, 'append() by the owner');
        await store.append('run', { expectedSeq: 1, events: runEvents('run', 2) });
        t.same(await seqsOf(store, 'run'), [1, 2], 'the events after an append without owner');
      },
    },
    {
      id: 'run-store.append.event-bytes',
      rule: 'An event of exactly `maxEventBytes` is kept; with one of a byte more, nothing of the append is',
      anchor: 'RunStoreCapabilities.maxEventBytes',
      why: 'half an append is a journal nobody wrote',
      when: ({ maxEventBytes }) => Number.isFinite(maxEventBytes) || 'the store declares no largest event',
      async run(t) {
        const store = await t.open();
        const { maxEventBytes } = t.capabilities;
        await create(store, 'run');
        const sized = (seq: number, bytes: number) => {
          const event = { ...runEvents('run', seq)[0], stepId: 'ü' } as ReturnType<typeof runEvents>[number];
          return {
            ...event,
            stepId: `ü${'x'.repeat(bytes - Buffer.byteLength(JSON.stringify(event)))}`,
          } as typeof event;
        };
        const largest = sized(1, maxEventBytes);
        t.same(
          await store.append('run', { expectedSeq: 0, events: [largest] }),
          { applied: true, seq: 1 },
          `append() of an event of ${maxEventBytes} bytes`,
        );
        const events = [...runEvents('run', 2), sized(3, maxEventBytes + 1)];
        await t.refuses(
          () => store.append('run', { expectedSeq: 1, events, status: 'failed' }),
          `append() of an event of ${maxEventBytes + 1} bytes`,
          { code: 'AIWORK_LIMIT_EXCEEDED' },
        );
        t.same(await seqsOf(store, 'run'), [1], 'the events after a refused append');
        t.same((await store.getRun('run'))?.status, 'running', 'the status after a refused append');
      },
    },
  ],
};
