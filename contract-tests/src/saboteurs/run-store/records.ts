import type { Append, RunEvent, RunStore } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

const without = ({ owner: _, ...append }: Append): Append => append;

/** A store that turns every run id into another one. */
const mapIds = (map: (id: string) => string) =>
  inClients<RunStore>((store) => ({
    createRun: (record, options) => store.createRun({ ...record, id: map(record.id) }, options),
    getRun: (id, options) => store.getRun(map(id), options),
    append: (id, append) => store.append(map(id), append),
    events: (id, options) => store.events(map(id), options),
  }));

export const recordSaboteurs: readonly Saboteur<RunStore>[] = [
  {
    id: 'tags-as-set',
    breaks: 'Keeps tags sorted and each once',
    caughtBy: [{ check: 'run-store.records.round-trip', message: 'a record with every field to be' }],
    sabotage: inClients((store) => ({
      createRun: (record, options) =>
        store.createRun({ ...record, tags: [...new Set(record.tags)].sort() }, options),
    })),
  },
  {
    id: 'rerun-from-lost',
    breaks: 'Keeps which run is repeated, and not from which step on',
    caughtBy: [{ check: 'run-store.records.round-trip', message: 'a record with every field to be' }],
    sabotage: inClients((store) => ({
      createRun: ({ rerunFrom: _, ...record }, options) => store.createRun(record, options),
    })),
  },
  {
    id: 'null-input-lost',
    breaks: 'Takes an input of null for none',
    caughtBy: [{ check: 'run-store.records.round-trip', message: 'an input of null to be null' }],
    sabotage: inClients((store) => ({
      async getRun(id, options) {
        const record = await store.getRun(id, options);
        if (record?.input !== null) return record;
        const { input: _, ...rest } = record;
        return rest;
      },
    })),
  },
  {
    id: 'exists-takes-lease',
    breaks: 'Takes the lease of a run that exists',
    caughtBy: [
      {
        check: 'run-store.records.exists-changes-nothing',
        message: 'lease() for somebody else after that to be true',
      },
    ],
    sabotage: inClients((store) => ({
      async createRun(record, options) {
        const result = await store.createRun(record, options);
        if (options?.lease) await store.lease(record.id, options.lease.owner, options.lease.ttlMs);
        return result;
      },
    })),
  },
  {
    id: 'creates-without-lease',
    breaks: 'Leaves the lease to the first who asks',
    caughtBy: [
      { check: 'run-store.records.created-with-lease', message: 'lease() for another owner to be false' },
    ],
    sabotage: inClients((store) => ({ createRun: (record) => store.createRun(record) })),
  },
  {
    id: 'lease-creates',
    breaks: 'Gives a lease on a run that does not exist',
    caughtBy: [{ check: 'run-store.records.absent', message: "lease('other') to be false" }],
    sabotage: inClients((store) => ({
      lease: async (id, ...args) => !(await store.getRun(id)) || store.lease(id, ...args),
    })),
  },
  {
    id: 'folds-case-of-ids',
    breaks: 'Does not tell upper from lower case in ids',
    caughtBy: [{ check: 'run-store.records.ids-stay-apart', message: "createRun('A') to say 'created'" }],
    sabotage: mapIds((id) => (typeof id === 'string' ? id.toLowerCase() : id)),
  },
  {
    id: 'cleans-ids',
    breaks: 'Removes control characters from ids',
    caughtBy: [
      {
        check: 'run-store.records.refuses-malformed-ids',
        message: 'createRun() with an id with NUL to be refused',
      },
    ],
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it removes
    sabotage: mapIds((id) => (typeof id === 'string' ? id.replace(/[\u0000-\u001f]/g, '') : id)),
  },
  {
    id: 'strips-unknown-fields',
    breaks: 'Keeps only the fields of events that it knows',
    caughtBy: [{ check: 'run-store.append.in-order', message: 'the events to be' }],
    sabotage: inClients((store) => ({
      async *events(id, options) {
        for await (const { seq, at, runId, type, ...rest } of store.events(id, options)) {
          const stepId = 'stepId' in rest ? rest.stepId : '';
          yield { seq, at, runId, type, stepId } as RunEvent;
        }
      },
    })),
  },
  {
    id: 'appends-at-the-end',
    breaks: 'Ignores expectedSeq and renumbers events',
    caughtBy: [
      { check: 'run-store.append.refuses-conflicts', message: 'append() after 2 events with expectedSeq 0' },
    ],
    sabotage: inClients((store) => ({
      async append(id, append) {
        let last = 0;
        for await (const { seq } of store.events(id)) last = seq;
        const events = append.events.map((event, index) => ({ ...event, seq: last + 1 + index }));
        return store.append(id, { ...append, expectedSeq: last, events });
      },
    })),
  },
  {
    id: 'moves-on-conflict',
    breaks: 'Changes the status also where the events are refused',
    caughtBy: [
      { check: 'run-store.append.refuses-conflicts', message: 'the record after refused appends to be' },
    ],
    sabotage: inClients((store) => ({
      async append(id, append) {
        const result = await store.append(id, append);
        if (result.applied || result.reason !== 'conflict' || append.status === undefined) return result;
        for (let expectedSeq = 0; expectedSeq < 100; expectedSeq += 1) {
          const moved = await store.append(id, { expectedSeq, events: [], status: append.status });
          if (moved.applied) break;
        }
        return result;
      },
    })),
  },
  {
    id: 'numbers-events-itself',
    breaks: 'Numbers events anew instead of refusing a gap',
    caughtBy: [
      { check: 'run-store.append.refuses-gaps', message: 'append() of events with a gap to be refused' },
    ],
    sabotage: inClients((store) => ({
      append: (id, append) =>
        store.append(id, {
          ...append,
          events: append.events.map((event, index) => ({ ...event, seq: append.expectedSeq + 1 + index })),
        }),
    })),
  },
  {
    id: 'wake-time-stays',
    breaks: 'Takes a wake time of null for none given',
    caughtBy: [
      { check: 'run-store.append.moves-the-run', message: 'the record after wakeAt null and no event to be' },
    ],
    sabotage: inClients((store) => ({
      append(id, { wakeAt, ...append }) {
        return store.append(id, typeof wakeAt === 'number' ? { ...append, wakeAt } : append);
      },
    })),
  },
  {
    id: 'wake-time-cleared',
    breaks: 'Clears the wake time with every append',
    caughtBy: [{ check: 'run-store.append.moves-the-run', message: 'the record after events alone to be' }],
    sabotage: inClients((store) => ({
      append: (id, append) => store.append(id, { wakeAt: null, ...append }),
    })),
  },
  {
    id: 'owner-ignored',
    breaks: 'Appends for whoever asks',
    caughtBy: [
      {
        check: 'run-store.append.guarded-by-lease',
        message: 'append() by an owner where nobody holds the lease',
      },
    ],
    sabotage: inClients((store) => ({ append: (id, append) => store.append(id, without(append)) })),
  },
  {
    id: 'conflict-before-lease',
    breaks: 'Says conflict where the lease is the first reason',
    caughtBy: [
      {
        check: 'run-store.append.guarded-by-lease',
        message: 'append() with a wrong owner and a wrong expectedSeq to be',
      },
    ],
    sabotage: inClients((store) => ({
      async append(id, append) {
        const result = await store.append(id, append);
        const blind = append.expectedSeq > 5 && !result.applied;
        return blind ? { applied: false, reason: 'conflict' } : result;
      },
    })),
  },
  {
    id: 'appends-one-by-one',
    breaks: 'Appends events one by one, so that half an append stays',
    caughtBy: [
      { check: 'run-store.append.event-bytes', message: 'the events after a refused append to be [ 1 ]' },
    ],
    sabotage: inClients((store) => ({
      async append(id, { events, status, ...rest }) {
        let { expectedSeq } = rest;
        for (const event of events.slice(0, -1)) {
          const result = await store.append(id, { ...rest, expectedSeq, events: [event] });
          if (!result.applied) return result;
          expectedSeq += 1;
        }
        return store.append(id, {
          ...rest,
          expectedSeq,
          events: events.slice(-1),
          ...(status && { status }),
        });
      },
    })),
  },
];
