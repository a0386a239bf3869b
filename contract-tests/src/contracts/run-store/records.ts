import type { RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { collect } from '../collect.ts';
import { create, runEvents, runRecord, seqsOf, start, write } from './journal.ts';

const ids = [
  'a',
  'A',
  'a:b',
  'a:events',
  '../a',
  ' ',
  ' a',
  '__proto__',
  'constructor',
  '*',
  '%',
  '_',
  '[a]',
  "'; DROP TABLE run; --",
  'é',
  'e\u0301',
  '\ufeffa',
  '0',
  '00',
  '😀'.repeat(250),
];

const malformed: readonly (readonly [name: string, id: unknown])[] = [
  ['the empty id', ''],
  ['an id with NUL', 'a\u0000b'],
  ['an id with a line break', 'a\r\nb'],
  ['an id of 501 characters', 'x'.repeat(501)],
  ['an id with an unpaired surrogate', 'half \ud83d'],
  ['a number as id', 7],
];

export const records: CheckGroup<RunStore> = {
  id: 'records',
  title: 'Records',
  checks: [
    {
      id: 'run-store.records.round-trip',
      rule: 'A record comes back as it was given',
      anchor: 'RunStore.createRun',
      why: 'a run is resumed from its record by another process',
      async run(t) {
        const store = await t.open();
        const full = {
          input: { text: 'grüße 😀', list: [1, null, true, { ['__proto__']: 0 }], empty: {} },
          inputTagged: true,
          inputRef: { hash: 'f00', bytes: 3 },
          tags: ['b', 'a', 'b', ''],
          priority: -3,
          budget: { tokens: 5.5 },
          rerunOf: 'earlier',
          rerunFrom: 'step',
          parent: { runId: 'p', stepId: 's' },
          trace: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'a=b' },
          wakeAt: start + 5,
        };
        await create(store, 'full', full);
        await create(store, 'bare');
        await create(store, 'null', { input: null });
        t.same(await store.getRun('full'), runRecord('full', full), 'a record with every field');
        t.same(await store.getRun('bare'), runRecord('bare'), 'a record with the fields it must have');
        t.same((await store.getRun('null'))?.input, null, 'an input of null');
      },
    },
    {
      id: 'run-store.records.exists-changes-nothing',
      rule: '`exists` changes nothing and takes no lease',
      anchor: 'RunStore.createRun',
      why: 'starting a run twice by its id is how starts are made idempotent',
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        await write(store, 'run', 1);
        const again = runRecord('run', { unitId: 'other', status: 'queued', updatedAt: start + 99 });
        const result = await store.createRun(again, { lease: { owner: 'late', ttlMs: 60_000 } });
        t.same(result, 'exists', 'what createRun() says the second time');
        t.same(
          await store.getRun('run'),
          runRecord('run', { updatedAt: start + 1 }),
          'the record after that',
        );
        t.same(await seqsOf(store, 'run'), [1], 'the events after that');
        t.same(await store.lease('run', 'other', 60_000), true, 'lease() for somebody else after that');
      },
    },
    {
      id: 'run-store.records.created-with-lease',
      rule: 'The lease is taken in the same step as the run is created',
      anchor: 'RunStore.createRun',
      why: 'between the two, another worker would start the same run',
      async run(t) {
        const store = await t.open();
        await store.createRun(runRecord('run'), { lease: { owner: 'a', ttlMs: 60_000 } });
        t.same(await store.lease('run', 'b', 60_000), false, 'lease() for another owner');
        t.same(await store.due(start, 10), [], 'due()');
      },
    },
    {
      id: 'run-store.records.absent',
      rule: 'A run that was never created has no record, no events and no lease',
      anchor: 'RunStore.getRun',
      why: 'callers tell "no such run" from an empty one',
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        t.same(await store.getRun('other'), undefined, "getRun('other')");
        t.same(await collect(store.events('other')), [], "events('other')");
        t.same(await store.lease('other', 'a', 1000), false, "lease('other')");
        await store.release('other', 'a');
        const append = await store.append('other', { expectedSeq: 0, events: [] });
        t.same(append, { applied: false, reason: 'absent' }, "append('other')");
        t.same(await store.getRun('other'), undefined, "getRun('other') after all that");
      },
    },
    {
      id: 'run-store.records.ids-stay-apart',
      rule: 'Any well-formed id names a run of its own and never reaches the syntax of the service',
      anchor: 'RunStore',
      why: 'ids come from outside: one that is folded or cut shows the run of somebody else',
      async run(t) {
        const store = await t.open();
        for (const [index, id] of ids.entries()) {
          await create(store, id, { tags: [String(index)] });
          await store.append(id, { expectedSeq: 0, events: runEvents(id, 1, 1 + (index % 3)) });
        }
        for (const [index, id] of ids.entries()) {
          t.same((await store.getRun(id))?.tags, [String(index)], `the tags of run ${JSON.stringify(id)}`);
          t.same(
            await collect(store.events(id)),
            runEvents(id, 1, 1 + (index % 3)),
            `the events of run ${JSON.stringify(id)}`,
          );
        }
        t.same(await store.due(start, 100), ids, 'due()');
      },
    },
    {
      id: 'run-store.records.refuses-malformed-ids',
      rule: 'A run id has 1 to 500 characters, is well-formed and has no control characters',
      anchor: 'RunStore',
      why: 'ids are printed, put into URLs and file names',
      async run(t) {
        const store = await t.open();
        for (const [name, id] of malformed) {
          await t.refuses(() => store.createRun(runRecord(id as string)), `createRun() with ${name}`, {
            code: 'AIWORK_INVALID_ARGUMENT',
          });
        }
        t.same((await store.list()).items, [], 'the runs listed after that');
      },
    },
  ],
};
