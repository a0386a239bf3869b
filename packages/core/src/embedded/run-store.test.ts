import { describe, expect, it } from 'vitest';
import type { RunStore } from '../adapters/run-store.ts';
import { collect, runEvents, runRecord, stoppedClock, storeKinds } from './stores.fixture.ts';

const seqs = async (store: RunStore, runId: string, afterSeq?: number) =>
  (await collect(store.events(runId, afterSeq === undefined ? {} : { afterSeq }))).map(({ seq }) => seq);

describe.each(storeKinds)('a run store $kind', ({ open }) => {
  describe('creating', () => {
    it('gives back the record it was given', async () => {
      const { runStore } = open();
      const record = runRecord('run', {
        input: { text: 'grüße', nested: [1, null, true] },
        inputTagged: true,
        tags: ['b', 'a'],
        priority: 3,
        parent: { runId: 'p', stepId: 's' },
        wakeAt: 5000,
      });
      expect(await runStore.createRun(record)).toBe('created');
      expect(await runStore.getRun('run')).toEqual(record);
    });

    it('changes nothing when the run exists', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'));
      const again = runRecord('run', { unitId: 'other', status: 'queued' });
      expect(await runStore.createRun(again, { lease: { owner: 'b', ttlMs: 1000 } })).toBe('exists');
      expect(await runStore.getRun('run')).toEqual(runRecord('run'));
      expect(await runStore.lease('run', 'a', 1000)).toBe(true);
    });

    it('takes the lease in the same step', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'), { lease: { owner: 'a', ttlMs: 1000 } });
      expect(await runStore.lease('run', 'b', 1000)).toBe(false);
    });

    it('does not know a run that was never created', async () => {
      const { runStore } = open();
      expect(await runStore.getRun('run')).toBeUndefined();
      expect(await seqs(runStore, 'run')).toEqual([]);
    });

    it.each(['', 'a\u0000b', 'line\nbreak', 'x'.repeat(501), 'half \ud83d', 7 as unknown as string])(
      'refuses the run id %j',
      async (id) => {
        const { runStore } = open();
        await expect(runStore.createRun(runRecord(id))).rejects.toMatchObject({
          code: 'AIWORK_INVALID_ARGUMENT',
          outcome: 'not-applied',
        });
      },
    );

    it.each(['__proto__', "'; DROP TABLE run; --", '%_', '../x', '😀'.repeat(250)])(
      'keeps the run id %j',
      async (id) => {
        const { runStore } = open();
        await runStore.createRun(runRecord(id));
        await runStore.append(id, { expectedSeq: 0, events: runEvents(id, 1) });
        expect((await runStore.getRun(id))?.id).toBe(id);
        expect(await collect(runStore.events(id))).toEqual(runEvents(id, 1));
      },
    );
  });

  describe('appending', () => {
    it('keeps events as they were and says the last number', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'));
      expect(await runStore.append('run', { expectedSeq: 0, events: runEvents('run', 1, 3) })).toEqual({
        applied: true,
        seq: 3,
      });
      expect(await collect(runStore.events('run'))).toEqual(runEvents('run', 1, 3));
    });

    it('applies one of several callers with the same expectedSeq', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'));
      const append = () => runStore.append('run', { expectedSeq: 0, events: runEvents('run', 1) });
      const results = await Promise.all([append(), append(), append()]);
      expect(results.filter(({ applied }) => applied)).toHaveLength(1);
      expect(results.filter((result) => !result.applied && result.reason === 'conflict')).toHaveLength(2);
      expect(await seqs(runStore, 'run')).toEqual([1]);
    });

    it('refuses what comes after a gap, and one number twice', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'));
      await runStore.append('run', { expectedSeq: 0, events: runEvents('run', 1, 2) });
      for (const expectedSeq of [0, 1, 3]) {
        const append = { expectedSeq, events: runEvents('run', expectedSeq + 1) };
        expect(await runStore.append('run', append)).toEqual({ applied: false, reason: 'conflict' });
      }
    });

    it.each([
      ['numbered with a gap', 0, [...runEvents('run', 1), ...runEvents('run', 3)]],
      ['not numbered from expectedSeq + 1', 0, runEvents('run', 2)],
      ['after a negative number', -1, []],
    ])('refuses events %s', async (_name, expectedSeq, events) => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'));
      await expect(runStore.append('run', { expectedSeq, events })).rejects.toMatchObject({
        code: 'AIWORK_INVALID_ARGUMENT',
        outcome: 'not-applied',
      });
      expect(await seqs(runStore, 'run')).toEqual([]);
    });

    it('changes status and wake time with the events, and clears the wake time', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'));
      await runStore.append('run', {
        expectedSeq: 0,
        events: runEvents('run', 1),
        status: 'waiting',
        wakeAt: 77,
      });
      expect(await runStore.getRun('run')).toEqual(
        runRecord('run', { status: 'waiting', wakeAt: 77, updatedAt: 1001 }),
      );
      await runStore.append('run', { expectedSeq: 1, events: [], status: 'running', wakeAt: null });
      expect(await runStore.getRun('run')).toEqual(runRecord('run', { updatedAt: 1001 }));
    });

    it('says when there is no such run', async () => {
      const { runStore } = open();
      expect(await runStore.append('run', { expectedSeq: 0, events: [] })).toEqual({
        applied: false,
        reason: 'absent',
      });
    });

    it('is refused to who does not hold the lease, and changes nothing', async () => {
      const clock = stoppedClock();
      const { runStore } = open(clock);
      await runStore.createRun(runRecord('run'), { lease: { owner: 'a', ttlMs: 100 } });
      const append = (owner?: string) =>
        runStore.append('run', {
          expectedSeq: 0,
          events: runEvents('run', 1),
          status: 'failed',
          ...(owner !== undefined && { owner }),
        });
      expect(await append('b')).toEqual({ applied: false, reason: 'lease' });
      clock.advance(100);
      expect(await append('a')).toEqual({ applied: false, reason: 'lease' });
      expect(await runStore.getRun('run')).toEqual(runRecord('run'));
      expect(await append()).toMatchObject({ applied: true });
    });

    it('takes an event of exactly maxEventBytes and none of one byte more, whole or in part', async () => {
      const [event] = runEvents('run', 1);
      const umlaut = { ...event, stepId: 'ü'.repeat(100) } as NonNullable<typeof event>;
      const maxEventBytes = Buffer.byteLength(JSON.stringify(umlaut));
      const { runStore } = open({ maxEventBytes });
      expect(runStore.capabilities.maxEventBytes).toBe(maxEventBytes);
      await runStore.createRun(runRecord('run'));
      expect(await runStore.append('run', { expectedSeq: 0, events: [umlaut] })).toMatchObject({
        applied: true,
      });
      const events = [...runEvents('run', 2), { ...umlaut, seq: 3, stepId: `${'ü'.repeat(100)}x` }];
      await expect(runStore.append('run', { expectedSeq: 1, events })).rejects.toMatchObject({
        code: 'AIWORK_LIMIT_EXCEEDED',
        outcome: 'not-applied',
        message: expect.stringContaining('maxEventBytes'),
      });
      expect(await seqs(runStore, 'run')).toEqual([1]);
    });
  });

  describe('reading events', () => {
    it('begins after any number, also in the middle of an appended batch', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'));
      await runStore.append('run', { expectedSeq: 0, events: runEvents('run', 1, 3) });
      await runStore.append('run', { expectedSeq: 3, events: runEvents('run', 4, 5) });
      expect(await seqs(runStore, 'run', 1)).toEqual([2, 3, 4, 5]);
      expect(await seqs(runStore, 'run', 3)).toEqual([4, 5]);
      expect(await seqs(runStore, 'run', 5)).toEqual([]);
      expect(await seqs(runStore, 'run', 99)).toEqual([]);
    });

    it('ends at the event that was last when the iteration began', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'));
      await runStore.append('run', { expectedSeq: 0, events: runEvents('run', 1, 2) });
      const read: number[] = [];
      for await (const { seq } of runStore.events('run')) {
        read.push(seq);
        await runStore.append('run', { expectedSeq: seq + 1, events: runEvents('run', seq + 2) });
      }
      expect(read).toEqual([1, 2]);
      expect(await seqs(runStore, 'run')).toEqual([1, 2, 3, 4]);
    });

    it('gives more events than fit on any page', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'));
      const big = 'x'.repeat(300_000);
      for (let seq = 1; seq <= 12; seq += 1) {
        const [event] = runEvents('run', seq);
        const events = [{ ...event, stepId: big } as NonNullable<typeof event>];
        await runStore.append('run', { expectedSeq: seq - 1, events });
      }
      expect(await seqs(runStore, 'run', 2)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    });

    it.each([-1, 0.5, Number.NaN])('refuses to begin after %d', async (afterSeq) => {
      const { runStore } = open();
      await expect(collect(runStore.events('run', { afterSeq }))).rejects.toMatchObject({
        code: 'AIWORK_INVALID_ARGUMENT',
      });
    });
  });

  describe('leases', () => {
    it('are held by one owner until they expire, to the millisecond', async () => {
      const clock = stoppedClock();
      const { runStore } = open(clock);
      await runStore.createRun(runRecord('run'));
      expect(await runStore.lease('run', 'a', 100)).toBe(true);
      clock.advance(99);
      expect(await runStore.lease('run', 'b', 100)).toBe(false);
      clock.advance(1);
      expect(await runStore.lease('run', 'b', 100)).toBe(true);
      expect(await runStore.lease('run', 'a', 100)).toBe(false);
    });

    it('are renewed by their owner', async () => {
      const clock = stoppedClock();
      const { runStore } = open(clock);
      await runStore.createRun(runRecord('run'), { lease: { owner: 'a', ttlMs: 100 } });
      clock.advance(60);
      expect(await runStore.lease('run', 'a', 100)).toBe(true);
      clock.advance(60);
      expect(await runStore.lease('run', 'b', 100)).toBe(false);
    });

    it('are given back by their owner only', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'), { lease: { owner: 'a', ttlMs: 1000 } });
      await runStore.release('run', 'b');
      expect(await runStore.lease('run', 'b', 1000)).toBe(false);
      await runStore.release('run', 'a');
      expect(await runStore.lease('run', 'b', 1000)).toBe(true);
    });

    it('are taken by one of several at once', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'));
      const taken = await Promise.all(
        ['a', 'b', 'c', 'd'].map((owner) => runStore.lease('run', owner, 1000)),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it('cannot be taken on a run that does not exist', async () => {
      const { runStore } = open();
      expect(await runStore.lease('run', 'a', 1000)).toBe(false);
      await runStore.release('run', 'a');
    });

    it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuse a time to live of %d', async (ttlMs) => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'));
      await expect(runStore.lease('run', 'a', ttlMs)).rejects.toMatchObject({
        code: 'AIWORK_INVALID_ARGUMENT',
      });
    });
  });

  describe('due', () => {
    it('names unfinished runs that can move and that nobody holds, oldest first', async () => {
      const clock = stoppedClock();
      const { runStore } = open(clock);
      await runStore.createRun(runRecord('running'));
      await runStore.createRun(runRecord('held'), { lease: { owner: 'a', ttlMs: 100 } });
      await runStore.createRun(runRecord('queued', { status: 'queued' }));
      await runStore.createRun(runRecord('done', { status: 'succeeded' }));
      await runStore.createRun(runRecord('asleep', { status: 'waiting', wakeAt: 500 }));
      await runStore.createRun(runRecord('waiting', { status: 'waiting' }));
      expect(await runStore.due(499, 10)).toEqual(['running', 'queued']);
      expect(await runStore.due(500, 10)).toEqual(['running', 'queued', 'asleep']);
      clock.advance(100);
      expect(await runStore.due(500, 2)).toEqual(['running', 'held']);
    });

    it('follows the status of a run, and keeps its order when a finished run goes on', async () => {
      const { runStore } = open();
      for (const id of ['a', 'b']) await runStore.createRun(runRecord(id));
      await runStore.append('a', { expectedSeq: 0, events: [], status: 'failed' });
      expect(await runStore.due(0, 10)).toEqual(['b']);
      await runStore.append('a', { expectedSeq: 0, events: [], status: 'running' });
      expect(await runStore.due(0, 10)).toEqual(['a', 'b']);
    });

    it('refuses a limit below 1', async () => {
      const { runStore } = open();
      await expect(runStore.due(0, 0)).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
    });
  });

  describe('listing', () => {
    it('pages newest first, each run once, while runs are created and deleted', async () => {
      const { runStore } = open();
      for (let n = 1; n <= 7; n += 1) await runStore.createRun(runRecord(`${n}`, { status: 'failed' }));
      const first = await runStore.list({ limit: 3 });
      expect(first.items.map(({ id }) => id)).toEqual(['7', '6', '5']);
      await runStore.createRun(runRecord('8'));
      await runStore.append('4', { expectedSeq: 0, events: runEvents('4', 1) });
      await runStore.prune(1001);
      await runStore.createRun(runRecord('9'));
      const second = await runStore.list({ limit: 3, cursor: first.cursor as string });
      expect(second.items.map(({ id }) => id)).toEqual(['4']);
      expect(second.cursor).toBeUndefined();
    });

    it('gives no cursor when the last page is full', async () => {
      const { runStore } = open();
      for (const id of ['a', 'b']) await runStore.createRun(runRecord(id));
      expect(await runStore.list({ limit: 2 })).toEqual({ items: [runRecord('b'), runRecord('a')] });
    });

    it('joins all conditions', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('a', { tags: ['x', 'y', 'x'], status: 'queued' }));
      await runStore.createRun(runRecord('b', { tags: ['x'], unitId: 'other' }));
      await runStore.createRun(runRecord('c', { tags: ['x'] }));
      await runStore.append('c', { expectedSeq: 0, events: [], status: 'queued' });
      const ids = async (query: Parameters<RunStore['list']>[0]) =>
        (await runStore.list(query)).items.map(({ id }) => id);
      expect(await ids({ tag: 'x' })).toEqual(['c', 'b', 'a']);
      expect(await ids({ tag: 'y' })).toEqual(['a']);
      expect(await ids({ status: 'queued' })).toEqual(['c', 'a']);
      expect(await ids({ unitId: 'unit' })).toEqual(['c', 'a']);
      expect(await ids({ unitId: 'unit', status: 'queued', tag: 'y' })).toEqual(['a']);
      expect(await ids({ unitId: 'unit', status: 'running' })).toEqual([]);
    });

    it.each([{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { cursor: 'x' }, { cursor: '-1' }])(
      'refuses %j',
      async (query) => {
        const { runStore } = open();
        await expect(runStore.list(query)).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
      },
    );
  });

  describe('pruning', () => {
    it('deletes finished runs last updated before the time, with their events', async () => {
      const { runStore } = open();
      for (const id of ['old', 'new', 'open']) {
        await runStore.createRun(runRecord(id, { tags: ['t'] }));
        const status = id === 'open' ? 'waiting' : 'succeeded';
        const events = runEvents(id, 1, id === 'new' ? 9 : 1);
        await runStore.append(id, { expectedSeq: 0, events, status });
      }
      expect(await runStore.prune(1009)).toEqual(['old']);
      expect(await runStore.prune(1009)).toEqual([]);
      expect(await runStore.getRun('old')).toBeUndefined();
      expect(await seqs(runStore, 'old')).toEqual([]);
      expect((await runStore.list({ tag: 't' })).items.map(({ id }) => id)).toEqual(['open', 'new']);
    });

    it('goes by the last event, also when one came after the end', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run'));
      await runStore.append('run', { expectedSeq: 0, events: runEvents('run', 1), status: 'failed' });
      await runStore.append('run', { expectedSeq: 1, events: runEvents('run', 2) });
      expect(await runStore.prune(1002)).toEqual([]);
      expect(await runStore.prune(1003)).toEqual(['run']);
    });

    it('leaves nothing behind that a new run of the same id would see', async () => {
      const { runStore } = open();
      await runStore.createRun(runRecord('run', { status: 'failed', tags: ['old'] }));
      await runStore.append('run', { expectedSeq: 0, events: runEvents('run', 1) });
      await runStore.prune(9999);
      expect(await runStore.createRun(runRecord('run'))).toBe('created');
      expect(await seqs(runStore, 'run')).toEqual([]);
      expect((await runStore.list({ tag: 'old' })).items).toEqual([]);
    });

    it('deletes everything when called until it returns none', async () => {
      const { runStore } = open();
      const ids = Array.from({ length: 600 }, (_, n) => `${n}`);
      await Promise.all(ids.map((id) => runStore.createRun(runRecord(id, { status: 'cancelled' }))));
      const deleted: string[] = [];
      for (;;) {
        const some = await runStore.prune(9999);
        expect(some.length).toBeLessThanOrEqual(1000);
        if (some.length === 0) break;
        deleted.push(...some);
      }
      expect(deleted.sort()).toEqual(ids.sort());
    });
  });

  it('refuses every call whose signal is aborted, without effect', async () => {
    const { runStore } = open();
    await runStore.createRun(runRecord('run'));
    const signal = AbortSignal.abort(new Error('enough'));
    const calls = [
      () => runStore.createRun(runRecord('other'), { signal }),
      () => runStore.getRun('run', { signal }),
      () => runStore.append('run', { expectedSeq: 0, events: runEvents('run', 1), signal }),
      () => collect(runStore.events('run', { signal })),
      () => runStore.lease('run', 'a', 1000, { signal }),
      () => runStore.release('run', 'a', { signal }),
      () => runStore.due(0, 1, { signal }),
      () => runStore.list({ signal }),
      () => runStore.prune(9999, { signal }),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        code: 'AIWORK_CANCELLED',
        outcome: 'not-applied',
        cause: { message: 'enough' },
      });
    }
    expect(await seqs(runStore, 'run')).toEqual([]);
    expect((await runStore.list()).items).toHaveLength(1);
  });

  it('rejects every call once it is closed, finishes what was called before, and closes twice', async () => {
    const { runStore } = open();
    await runStore.createRun(runRecord('run'));
    const append = runStore.append('run', { expectedSeq: 0, events: runEvents('run', 1) });
    const closing = runStore.close();
    expect(await append).toEqual({ applied: true, seq: 1 });
    await closing;
    await runStore.close();
    await runStore[Symbol.asyncDispose]();
    const calls = [
      () => runStore.createRun(runRecord('other')),
      () => runStore.getRun('run'),
      () => runStore.append('run', { expectedSeq: 0, events: [] }),
      () => collect(runStore.events('run')),
      () => runStore.lease('run', 'a', 1000),
      () => runStore.release('run', 'a'),
      () => runStore.due(0, 1),
      () => runStore.list(),
      () => runStore.prune(9999),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ code: 'AIWORK_CLOSED', outcome: 'not-applied' });
    }
  });

  it('declares capabilities that cannot be changed', () => {
    const { runStore } = open();
    expect(Object.isFrozen(runStore.capabilities)).toBe(true);
  });
});
