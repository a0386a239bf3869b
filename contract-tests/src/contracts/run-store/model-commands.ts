import type { RunStatus, RunStore } from '@aiwork/core';
import fc, { type AsyncCommand } from 'fast-check';
import type { CheckContext } from '../../engine/check-context.ts';
import { runEvents, runRecord, seqsOf, start } from './journal.ts';

interface ModelRecord {
  status: RunStatus;
  seq: number;
  owner: string | undefined;
  leaseUntil: number;
}

/** Runs by name, in the order of their creation. */
export interface RunModel {
  readonly runs: Map<string, ModelRecord>;
}

interface RunReal {
  readonly store: RunStore;
  readonly t: CheckContext<RunStore>;
  /** What the ids of this sequence begin with. */
  readonly prefix: string;
}

type Command = AsyncCommand<RunModel, RunReal>;

const names = ['a', 'b'] as const;
const name = fc.constantFrom(...names);
const owner = fc.constantFrom('x', 'y');

const isHeld = ({ owner: held, leaseUntil }: ModelRecord, now: number) =>
  held !== undefined && leaseUntil > now;

function createCommand(run: string, status: RunStatus): Command {
  return {
    check: () => true,
    async run({ runs }, { store, t, prefix }) {
      const result = await store.createRun(runRecord(prefix + run, { status }));
      t.same(result, runs.has(run) ? 'exists' : 'created', 'what createRun() says');
      if (!runs.has(run)) runs.set(run, { status, seq: 0, owner: undefined, leaseUntil: 0 });
    },
    toString: () => `create(${run}, ${status})`,
  };
}

function leaseCommand(run: string, taker: string, ms: number): Command {
  return {
    check: () => true,
    async run({ runs }, { store, t, prefix }) {
      const record = runs.get(run);
      const free = record !== undefined && (!isHeld(record, t.now()) || record.owner === taker);
      t.same(await store.lease(prefix + run, taker, ms), free, 'what lease() says');
      if (free) Object.assign(record, { owner: taker, leaseUntil: t.now() + ms });
    },
    toString: () => `lease(${run}, ${taker}, ${ms})`,
  };
}

function releaseCommand(run: string, giver: string): Command {
  return {
    check: () => true,
    async run({ runs }, { store, prefix }) {
      await store.release(prefix + run, giver);
      const record = runs.get(run);
      if (record?.owner === giver) record.owner = undefined;
    },
    toString: () => `release(${run}, ${giver})`,
  };
}

function appendCommand(run: string, behind: number, by: string | null, status: RunStatus): Command {
  return {
    check: () => true,
    async run({ runs }, { store, t, prefix }) {
      const record = runs.get(run);
      const expectedSeq = Math.max(0, (record?.seq ?? 0) - behind);
      const events = runEvents(prefix + run, expectedSeq + 1, expectedSeq + 2);
      const result = await store.append(prefix + run, {
        expectedSeq,
        events,
        status,
        ...(by !== null && { owner: by }),
      });
      t.same(result, expectedResult(record, expectedSeq, by, t.now()), 'what append() says');
      if (record && result.applied) Object.assign(record, { status, seq: expectedSeq + 2 });
    },
    toString: () => `append(${run}, ${behind} behind, by ${by ?? 'nobody'}, ${status})`,
  };
}

function expectedResult(
  record: ModelRecord | undefined,
  expectedSeq: number,
  by: string | null,
  now: number,
) {
  if (!record) return { applied: false, reason: 'absent' };
  if (by !== null && !(isHeld(record, now) && record.owner === by))
    return { applied: false, reason: 'lease' };
  if (record.seq !== expectedSeq) return { applied: false, reason: 'conflict' };
  return { applied: true, seq: expectedSeq + 2 };
}

const readCommand: Command = {
  check: () => true,
  async run({ runs }, { store, t, prefix }) {
    for (const run of names) {
      const record = runs.get(run);
      t.same((await store.getRun(prefix + run))?.status, record?.status, `the status of ${run}`);
      t.same((await seqsOf(store, prefix + run)).length, record?.seq ?? 0, `the number of events of ${run}`);
    }
    const free = [...runs].filter(
      ([, record]) => ['queued', 'running'].includes(record.status) && !isHeld(record, t.now()),
    );
    const due = (await store.due(start, 10_000)).filter((id) => id.startsWith(prefix));
    t.same(
      due,
      free.map(([run]) => prefix + run),
      'due()',
    );
  },
  toString: () => 'read()',
};

function waitCommand(ms: number): Command {
  return { check: () => true, run: (_model, { t }) => t.wait(ms), toString: () => `wait(${ms})` };
}

const status = fc.constantFrom<RunStatus>('queued', 'running', 'waiting', 'succeeded');

/** Every call that moves a run; leases only end, and time only passes, where that costs none. */
export function runCommands({ manualTime }: CheckContext<RunStore>): readonly fc.Arbitrary<Command>[] {
  const ttlMs = manualTime ? fc.integer({ min: 1, max: 60 }) : fc.constant(600_000);
  return [
    fc.tuple(name, status).map((args) => createCommand(...args)),
    fc.tuple(name, owner, ttlMs).map((args) => leaseCommand(...args)),
    fc.tuple(name, owner).map((args) => releaseCommand(...args)),
    fc
      .tuple(name, fc.constantFrom(0, 0, 0, 1), fc.option(owner), status)
      .map((args) => appendCommand(...args)),
    fc.constant(readCommand),
    ...(manualTime ? [fc.integer({ min: 1, max: 40 }).map(waitCommand)] : []),
  ];
}
