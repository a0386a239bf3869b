import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunStore } from '../adapters/run-store.ts';
import type { RunStatus } from '../run-event.ts';
import { isFinished } from './run-arguments.ts';
import { collect, runEvents, runRecord, stoppedClock, storeKinds } from './stores.fixture.ts';

type Clock = ReturnType<typeof stoppedClock>;

interface ModelRun {
  status: RunStatus;
  seq: number;
  updatedAt: number;
  owner?: string;
  leaseUntil: number;
  wakeAt?: number;
}

/** In the order of creation. */
type Model = Map<string, ModelRun>;

interface Real {
  readonly store: RunStore;
  readonly clock: Clock;
}

type Command = fc.AsyncCommand<Model, Real>;

const id = fc.constantFrom('a', 'b', '__proto__');
const owner = fc.constantFrom('me', 'you');
const status = fc.constantFrom<RunStatus>('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled');

const commands = [
  fc.record({ runId: id, first: status, by: fc.option(owner) }).map(
    ({ runId, first, by }): Command => ({
      check: () => true,
      async run(model, { store, clock }) {
        const lease = by === null ? {} : { lease: { owner: by, ttlMs: 20 } };
        const expected = model.has(runId) ? 'exists' : 'created';
        expect(await store.createRun(runRecord(runId, { status: first }), lease)).toBe(expected);
        if (expected === 'exists') return;
        const leaseUntil = by === null ? 0 : clock.now() + 20;
        model.set(runId, {
          status: first,
          seq: 0,
          updatedAt: 1000,
          leaseUntil,
          ...(by !== null && { owner: by }),
        });
      },
      toString: () => `create(${runId}, ${first}, ${by})`,
    }),
  ),
  fc
    .record({
      runId: id,
      skew: fc.constantFrom(0, 0, 0, 1, -1),
      count: fc.integer({ min: 0, max: 4 }),
      by: fc.option(owner),
      next: fc.option(status),
      wake: fc.option(fc.constantFrom<number | null>(null, 5, 50), { nil: undefined }),
    })
    .map(
      ({ runId, skew, count, by, next, wake }): Command => ({
        check: (model) => (model.get(runId)?.seq ?? 0) + skew >= 0,
        async run(model, { store, clock }) {
          const run = model.get(runId);
          const expectedSeq = (run?.seq ?? 0) + skew;
          const result = await store.append(runId, {
            expectedSeq,
            events: runEvents(runId, expectedSeq + 1, expectedSeq + count),
            ...(by !== null && { owner: by }),
            ...(next !== null && { status: next }),
            ...(wake !== undefined && { wakeAt: wake }),
          });
          if (!run) expect(result).toEqual({ applied: false, reason: 'absent' });
          else if (by !== null && (run.owner !== by || run.leaseUntil <= clock.now()))
            expect(result).toEqual({ applied: false, reason: 'lease' });
          else if (skew !== 0) expect(result).toEqual({ applied: false, reason: 'conflict' });
          else {
            expect(result).toEqual({ applied: true, seq: run.seq + count });
            run.seq += count;
            if (count > 0) run.updatedAt = 1000 + run.seq;
            if (next !== null) run.status = next;
            if (wake === null) delete run.wakeAt;
            else if (wake !== undefined) run.wakeAt = wake;
          }
        },
        toString: () => `append(${runId}, ${skew}, ${count}, ${by}, ${next}, ${wake})`,
      }),
    ),
  fc.record({ runId: id, by: owner, ttlMs: fc.integer({ min: 1, max: 30 }) }).map(
    ({ runId, by, ttlMs }): Command => ({
      check: () => true,
      async run(model, { store, clock }) {
        const run = model.get(runId);
        const free = run !== undefined && (run.owner === by || run.leaseUntil <= clock.now());
        expect(await store.lease(runId, by, ttlMs)).toBe(free);
        if (run && free) Object.assign(run, { owner: by, leaseUntil: clock.now() + ttlMs });
      },
      toString: () => `lease(${runId}, ${by}, ${ttlMs})`,
    }),
  ),
  fc.record({ runId: id, by: owner }).map(
    ({ runId, by }): Command => ({
      check: () => true,
      async run(model, { store }) {
        await store.release(runId, by);
        const run = model.get(runId);
        if (run?.owner !== by) return;
        delete run.owner;
        run.leaseUntil = 0;
      },
      toString: () => `release(${runId}, ${by})`,
    }),
  ),
  fc.integer({ min: 1, max: 25 }).map(
    (ms): Command => ({
      check: () => true,
      run: async (_model, { clock }) => clock.advance(ms),
      toString: () => `advance(${ms})`,
    }),
  ),
  fc.integer({ min: 995, max: 1015 }).map(
    (before): Command => ({
      check: () => true,
      async run(model, { store }) {
        const old = [...model].filter(([, run]) => isFinished(run.status) && run.updatedAt < before);
        expect(new Set(await store.prune(before))).toEqual(new Set(old.map(([runId]) => runId)));
        for (const [runId] of old) model.delete(runId);
      },
      toString: () => `prune(${before})`,
    }),
  ),
  fc.constant<Command>({
    check: () => true,
    async run(model, { store, clock }) {
      const listed = (await store.list()).items;
      expect(listed.map((record) => record.id)).toEqual([...model.keys()].reverse());
      for (const record of listed) {
        const { status, updatedAt, wakeAt, seq } = model.get(record.id) as ModelRun;
        const expected = runRecord(record.id, { status, updatedAt, ...(wakeAt !== undefined && { wakeAt }) });
        expect(record).toEqual(expected);
        expect(await store.getRun(record.id)).toEqual(expected);
        expect(await collect(store.events(record.id))).toEqual(runEvents(record.id, 1, seq));
      }
      const due = [...model]
        .filter(([, run]) => !isFinished(run.status) && run.leaseUntil <= clock.now())
        .filter(([, run]) => run.status !== 'waiting' || (run.wakeAt !== undefined && run.wakeAt <= 20));
      expect(await store.due(20, 10)).toEqual(due.map(([runId]) => runId));
    },
    toString: () => 'read',
  }),
];

describe.each(storeKinds)('a run store $kind', ({ open }) => {
  it('does what a list of journals does, in any sequence of calls', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 40 }), async (sequence) => {
        const clock = stoppedClock();
        const { runStore } = open(clock);
        await fc.asyncModelRun(() => ({ model: new Map(), real: { store: runStore, clock } }), sequence);
        await runStore.close();
      }),
      { numRuns: 50 },
    );
  });
});
