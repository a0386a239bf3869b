import type { RunStore } from '@aiwork/core';
import type { Redis } from 'ioredis';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { errorOf, redisServer } from '../redis-server.fixture.ts';
import { createAll, runEvents, runRecord, seqsOf } from './runs.fixture.ts';

const server = redisServer();
let store: RunStore;
let admin: Redis;
/** What all keys of the store begin with. */
let prefix: string;
let namespaces = 0;

beforeEach(async () => {
  namespaces += 1;
  const namespace = `runs-${process.pid}-${namespaces}`;
  prefix = `aiwork:{${namespace}}:runs:`;
  ({ runStore: store } = await server.storage({ namespace }));
  admin = server.admin();
});

const count = (length: number) => Array.from({ length }, (_, index) => `run ${index}`);

/** Everything the store keeps, by key. */
async function kept(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const keys of admin.scanStream({ match: `${prefix}*`, count: 1000 })) {
    for (const key of keys as readonly string[]) {
      found.set(key.slice(prefix.length), String((await admin.dumpBuffer(key))?.toString('hex')));
    }
  }
  return new Map([...found].sort());
}

describe('the keys', () => {
  it('hold a run, and nothing but the count of runs once it is pruned', async () => {
    const tags = ['x', 'y', 'x'];
    await store.createRun(runRecord('a:b {c}', { unitId: 'u', tags }), {
      lease: { owner: 'me', ttlMs: 60_000 },
    });
    await store.append('a:b {c}', { expectedSeq: 0, events: runEvents('a:b {c}', 1, 2), owner: 'me' });
    expect([...(await kept()).keys()]).toEqual([
      'held',
      'journal:a:b {c}',
      'order',
      'positions',
      'state:a:b {c}',
      'tag:x',
      'tag:y',
      'unit:u',
    ]);
    await store.append('a:b {c}', { expectedSeq: 2, events: [], status: 'failed' });
    expect(await store.prune(3)).toEqual(['a:b {c}']);
    expect([...(await kept()).keys()]).toEqual(['positions']);
  });

  it('keep events as they are, at the index that is their number', async () => {
    await store.createRun(runRecord('run'));
    const [event] = runEvents('run', 1);
    await store.append('run', { expectedSeq: 0, events: [event as never] });
    expect(await admin.lindex(`${prefix}journal:run`, 1)).toBe(JSON.stringify(event));
  });
});

describe('a key that holds something else', () => {
  const append = () =>
    store.append('run', { expectedSeq: 1, events: runEvents('run', 2), status: 'succeeded', owner: 'me' });
  const create = () => store.createRun(runRecord('new', { unitId: 'unit', tags: ['tag'] }));

  it.each([
    ['order', create],
    ['free', create],
    ['unit:unit', create],
    ['tag:tag', create],
    ['journal:new', create],
    ['state:new', create],
    ['order', append],
    ['held', append],
    ['finished', append],
    ['journal:run', append],
    ['state:run', append],
    ['finished', () => store.prune(99)],
    ['order', () => store.prune(99)],
    ['unit:old', () => store.prune(99)],
    ['tag:old', () => store.prune(99)],
    ['held', () => store.release('run', 'me')],
    ['free', () => store.release('run', 'me')],
    ['held', () => store.lease('run', 'me', 1000)],
    ['free', () => store.due(0, 10)],
    ['order', () => store.list()],
    ['state:run', () => store.lease('run', 'me', 1000)],
  ] as const)('%s: is named, and nothing is changed', async (key, call) => {
    await store.createRun(runRecord('run'), { lease: { owner: 'me', ttlMs: 60_000 } });
    await store.append('run', { expectedSeq: 0, events: runEvents('run', 1) });
    await store.createRun(runRecord('old', { unitId: 'old', status: 'failed', tags: ['old'] }));
    await store.createRun(runRecord('lost'), { lease: { owner: 'dead', ttlMs: 1 } });
    await store.createRun(runRecord('older', { status: 'failed', updatedAt: 0 }));
    await admin.set(`${prefix}${key}`, 'of somebody else');
    const before = await kept();
    const error = await errorOf(call());
    expect(error).toMatchObject({ code: 'AIWORK_CORRUPT_DATA', outcome: 'not-applied', retryable: false });
    const changed = [...(await kept())].filter(([name, value]) => before.get(name) !== value);
    expect(changed.map(([name]) => name).filter((name) => name !== 'positions')).toEqual([]);
  });
});

describe('a server without memory', () => {
  it('refuses a whole append, and still gives back leases', async ({ skip }) => {
    if (!server.service().kill) skip('the server of AIWORK_REDIS_URL is not ours to change');
    await store.createRun(runRecord('run'), { lease: { owner: 'me', ttlMs: 60_000 } });
    await store.append('run', { expectedSeq: 0, events: runEvents('run', 1) });
    await admin.config('SET', 'maxmemory', '1');
    onTestFinished(async () => {
      await admin.config('SET', 'maxmemory', '0');
    });
    const before = await kept();
    const finish = store.append('run', { expectedSeq: 1, events: runEvents('run', 2), status: 'succeeded' });
    expect(await errorOf(finish)).toMatchObject({
      outcome: 'not-applied',
      retryable: true,
      message: expect.stringContaining('out of memory'),
    });
    expect(await errorOf(store.createRun(runRecord('new')))).toMatchObject({ outcome: 'not-applied' });
    expect(await kept()).toEqual(before);
    await store.release('run', 'me');
    expect(await store.due(0, 10)).toEqual(['run']);
  });
});

describe('what cannot be read', () => {
  const reading = () => errorOf(seqsOf(store, 'run'));

  beforeEach(async () => {
    await store.createRun(runRecord('run'));
    await store.append('run', { expectedSeq: 0, events: runEvents('run', 1, 3) });
  });

  it('is an error that names the event', async () => {
    await admin.lset(`${prefix}journal:run`, 2, '{"seq":2,');
    expect(await reading()).toMatchObject({
      code: 'AIWORK_CORRUPT_DATA',
      message: expect.stringContaining('event 2 of run "run" cannot be read'),
    });
  });

  it('is an error where an event is gone', async () => {
    const [, second = ''] = await admin.lrange(`${prefix}journal:run`, 1, 2);
    await admin.lrem(`${prefix}journal:run`, 1, second);
    expect(await reading()).toMatchObject({
      code: 'AIWORK_CORRUPT_DATA',
      message: expect.stringContaining('event 2 of run "run" is numbered 3'),
    });
  });

  it('is an error that names the record', async () => {
    await admin.lset(`${prefix}journal:run`, 0, 'no record');
    const record = { code: 'AIWORK_CORRUPT_DATA', message: expect.stringContaining('record of run "run"') };
    expect(await errorOf(store.getRun('run'))).toMatchObject(record);
    expect(await errorOf(store.list())).toMatchObject(record);
  });
});

describe('a run of which keys are gone', () => {
  it.each(['journal', 'state'])('as it is without its %s, is pruned like any other', async (part) => {
    await store.createRun(runRecord('broken', { status: 'failed' }));
    await store.createRun(runRecord('whole', { status: 'failed' }));
    await admin.del(`${prefix}${part}:broken`);
    expect(await store.getRun('broken')).toBeUndefined();
    expect((await store.list()).items.map(({ id }) => id)).toEqual(['whole']);
    expect([...(await store.prune(99))].sort()).toEqual(['broken', 'whole']);
    expect(await store.prune(99)).toEqual([]);
    expect(await store.createRun(runRecord('broken'))).toBe('created');
  });
});

describe('arguments that are no data', () => {
  it('are refused before anything is asked for', async () => {
    await store.createRun(runRecord('run'));
    const wrong = { code: 'AIWORK_INVALID_ARGUMENT', outcome: 'not-applied' };
    const [event] = runEvents('run', 1);
    for (const time of [Number.NaN, Number.POSITIVE_INFINITY, '7' as never]) {
      expect(await errorOf(store.due(time, 1))).toMatchObject(wrong);
      expect(await errorOf(store.prune(time))).toMatchObject(wrong);
      expect(await errorOf(store.createRun(runRecord('new', { wakeAt: time })))).toMatchObject(wrong);
      expect(await errorOf(store.createRun(runRecord('new', { updatedAt: time })))).toMatchObject(wrong);
      const events = [{ ...event, at: time } as never];
      expect(await errorOf(store.append('run', { expectedSeq: 0, events }))).toMatchObject(wrong);
      const waking = { expectedSeq: 0, events: [], wakeAt: time };
      expect(await errorOf(store.append('run', waking))).toMatchObject(wrong);
    }
    const status = 'done' as never;
    expect(await errorOf(store.createRun(runRecord('new', { status })))).toMatchObject(wrong);
    expect(await errorOf(store.append('run', { expectedSeq: 0, events: [], status }))).toMatchObject(wrong);
    expect(await errorOf(store.list({ status }))).toMatchObject(wrong);
    const unowned = { expectedSeq: 0, events: [], owner: '' };
    expect(await errorOf(store.append('run', unowned))).toMatchObject(wrong);
    expect(await seqsOf(store, 'run')).toEqual([]);
  });
});

describe('more than one step of the server looks at', () => {
  it('events appended at once are all kept, in order', async () => {
    await store.createRun(runRecord('run'));
    const events = runEvents('run', 1, 2500);
    expect(await store.append('run', { expectedSeq: 0, events })).toEqual({ applied: true, seq: 2500 });
    expect(await seqsOf(store, 'run')).toEqual(events.map(({ seq }) => seq));
  });

  it('leases that have expired are freed, all of them', async () => {
    const ids = count(1200);
    await createAll(store, ids);
    await Promise.all(ids.map((id) => store.lease(id, 'dead', 1)));
    expect(await store.due(0, 5000)).toEqual(ids);
  });

  it.each([
    ['come first', (index: number) => index % 2 === 0],
    ['come last', (index: number) => index >= 3500],
  ])('of many sleepers that %s, those created first are due', async (_, isAwake) => {
    const ids = count(5000);
    await createAll(store, ids, (_id, index) => ({
      status: 'waiting',
      wakeAt: isAwake(index) ? 5000 - index : 1_000_000 + index,
    }));
    await store.append('run 2', { expectedSeq: 0, events: [], wakeAt: null });
    await store.createRun(runRecord('free'));
    const awake = ids.filter((id, index) => isAwake(index) && id !== 'run 2');
    expect(await store.due(5000, 10)).toEqual(awake.slice(0, 10));
    expect(await store.due(5000, 9000)).toEqual([...awake, 'free']);
    expect(await store.due(0, 9000)).toEqual(['free']);
  });

  it('runs that do not fit are passed over, until the last', async () => {
    await createAll(store, count(2500), (_, index) => ({
      unitId: index % 2 ? 'odd' : 'even',
      tags: [index === 1 || index === 1500 ? 'odd one out' : 'many'],
      status: index < 1300 ? 'succeeded' : 'failed',
    }));
    const idsOf = async (query: Parameters<RunStore['list']>[0]) =>
      (await store.list(query)).items.map(({ id }) => id);
    expect(await idsOf({ tag: 'many', unitId: 'odd', status: 'succeeded', limit: 2 })).toEqual([
      'run 1299',
      'run 1297',
    ]);
    expect(await idsOf({ tag: 'odd one out', unitId: 'odd' })).toEqual(['run 1']);
    expect(await idsOf({ tag: 'many', unitId: 'even', status: 'queued' })).toEqual([]);
  });

  it('several that prune at once delete each run once', async () => {
    const ids = count(900);
    await createAll(store, ids, () => ({ status: 'succeeded', tags: ['tag'] }));
    const prune = async () => {
      const pruned: string[] = [];
      for (;;) {
        const some = await store.prune(2);
        if (some.length === 0) return pruned;
        pruned.push(...some);
      }
    };
    const pruned = (await Promise.all([prune(), prune(), prune()])).flat();
    expect(pruned.sort()).toEqual(ids.sort());
    expect([...(await kept()).keys()]).toEqual(['positions']);
  });
});
