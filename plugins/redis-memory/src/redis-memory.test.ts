import type { Embedder, MemoryDoc, Progress } from '@aiwork/core';
import { createMemory, createMemoryReplica } from '@aiwork/memory';
import { openRedisPlace } from '@aiwork/redis/adapter-kit';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createFollower } from './follower.ts';
import { forgetDocs } from './forget-docs.ts';
import { createRedisMemory, type RedisMemory, type RedisMemoryOptions } from './index.ts';
import { createKeptDocs } from './kept-docs.ts';
import { memoryKeys } from './memory-keys.ts';
import { testServer } from './redis-server.fixture.ts';

vi.setConfig({ testTimeout: 120_000 });
const server = testServer();
const keysOf = (namespace: string) => memoryKeys({ together: `aiwork:{${namespace}}:`, spread: '' });
const needles = async (memory: RedisMemory) =>
  (await memory.search({ text: 'needle', topK: 1000 })).map(({ id }) => id).sort();
/** An embedder that sees how long a text is. */
const seeing: Embedder = {
  id: 'seeing',
  capabilities: {
    dimensions: 2,
    maxTexts: 100,
    maxTokens: Number.POSITIVE_INFINITY,
    normalized: false,
    asymmetric: false,
    tolerance: 0,
  },
  embed: async (texts) => ({
    vectors: texts.map(({ length }) => Float32Array.of(length, 1)),
    tokens: texts.length,
    truncated: [],
  }),
  close: async () => {},
  [Symbol.asyncDispose]: async () => {},
};
/** Asks of its own accord as good as never. */
const seldom = { followEveryMs: 0x7fff_ffff };

describe('a memory in Redis', () => {
  it('finds, in every process, what a memory of @aiwork/memory finds, to the last bit', async () => {
    const namespace = server.namespace();
    const vectors = { dimensions: 3 };
    const local = createMemory({ vectors });
    const early = await server.open({ namespace, vectors });
    const writer = await server.open({ namespace, vectors });
    const docs = Array.from(
      { length: 400 },
      (_, n): MemoryDoc => ({
        id: `doc ${(n * 7919) % 400}`,
        text: `tea ${'leaf '.repeat(n % 7)} cup${n % 13} pot${n % 29}`,
        metadata: { n, odd: n % 2 === 1 },
        ...(n % 5 > 0 && { vector: Float32Array.of(Math.cos(n), Math.sin(n), (n % 11) / 7) }),
      }),
    );
    for (const memory of [local, writer]) {
      for (let from = 0; from < docs.length; from += 90) await memory.upsert(docs.slice(from, from + 90));
      await memory.upsert(docs.slice(0, 40).map((doc) => ({ ...doc, text: `${doc.text} again` })));
      await memory.delete(docs.slice(200, 260).map(({ id }) => id));
      expect(await memory.forget({ n: { $gte: 390 } })).toBe(10);
    }
    const late = await server.open({ namespace, vectors });
    for (const query of [
      { text: 'leaf cup3', topK: 50 },
      { text: 'again', topK: 50, filter: { odd: true } },
      { vector: Float32Array.of(1, 0.5, 0), topK: 50 },
      { text: 'pot7 tea', vector: Float32Array.of(0, 1, 0.25), topK: 50, filter: { n: { $lt: 300 } } },
      { text: 'cpu3', tolerance: ['typos'] as const, topK: 20 },
      { text: 'tea', phrase: 'leaf cup4', topK: 20 },
    ]) {
      const expected = await local.search(query);
      for (const memory of [writer, early, late]) expect(await memory.search(query)).toEqual(expected);
    }
    expect(await late.count()).toBe(await local.count());
  });

  it('follows what others write without being asked', async () => {
    const namespace = server.namespace();
    const writer = await server.open({ namespace });
    const idle = await server.open({ namespace, maxStalenessMs: Number.POSITIVE_INFINITY, followEveryMs: 5 });
    await writer.upsert([{ id: 'a', text: 'needle' }]);
    await vi.waitFor(async () => expect(await needles(idle)).toEqual(['a']), { timeout: 60_000 });
    await writer.forget({});
    await vi.waitFor(async () => expect(await idle.count()).toBe(0), { timeout: 60_000 });
  });

  it('answers from what it knows where answers may be old, and always knows what it wrote itself', async () => {
    const namespace = server.namespace();
    const writer = await server.open({ namespace });
    const old = await server.open({ namespace, maxStalenessMs: Number.POSITIVE_INFINITY, ...seldom });
    await writer.upsert([{ id: 'theirs', text: 'needle' }]);
    expect(await needles(old)).toEqual([]);
    await old.upsert([{ id: 'mine', text: 'needle' }]);
    expect(await needles(old)).toEqual(['mine', 'theirs']);
    await old.delete(['theirs']);
    expect(await needles(old)).toEqual(['mine']);
  });

  it('reads all that has changed, however much it is, and where as many documents are there as before', async () => {
    const namespace = server.namespace();
    const writer = await server.open({ namespace });
    const behind = await server.open({ namespace, ...seldom });
    const docs = (text: string) =>
      Array.from({ length: 2500 }, (_, n) => ({ id: `${n}`, text: `${text} n${n}` }));
    await writer.upsert(docs('needle'));
    expect(await behind.count()).toBe(2500);
    await writer.upsert(docs('pin'));
    expect(await needles(behind)).toEqual([]);
    // Of these two, the stream has one.
    await writer.upsert([
      { id: '1', text: 'needle' },
      { id: '2', text: 'needle' },
    ]);
    await server.admin().xtrim(keysOf(namespace)[2], 'MAXLEN', 1);
    expect(await needles(behind)).toEqual(['1', '2']);
  });

  it('tells every process of what was forgotten, and not of what was deleted alone, to leave nothing', async () => {
    const namespace = server.namespace();
    const place = await openRedisPlace({ url: server.service().url, namespace });
    onTestFinished(() => place.connection.close());
    const docs = createKeptDocs(place.connection, keysOf(namespace), { dimensions: 0, model: '' });
    const memory = await server.open({ namespace });
    await memory.upsert(['a', 'b'].map((id) => ({ id, text: 'needle', metadata: { id } })));
    const { head } = await docs.look();
    await memory.delete(['a']);
    expect(await docs.changesSince(head)).toMatchObject({ dropped: ['a'], hasForgotten: false });
    await memory.forget({ id: 'b' });
    expect(await docs.changesSince(head)).toMatchObject({ dropped: ['a', 'b'], hasForgotten: true });
  });

  it('compares with what is there where it has missed too much, and keeps what is the same', async () => {
    const namespace = server.namespace();
    const writer = await server.open({ namespace });
    const behind = await server.open({ namespace, ...seldom });
    const admin = server.admin();
    await writer.upsert(Array.from({ length: 2500 }, (_, n) => ({ id: `${n}`, text: 'needle' })));
    expect(await behind.count()).toBe(2500);
    await writer.delete(['0', '1']);
    await writer.upsert([
      { id: '2', text: 'changed' },
      { id: 'new', text: 'needle' },
    ]);
    await admin.xtrim(keysOf(namespace)[2], 'MAXLEN', 1);
    expect(await behind.count()).toBe(2499);
    expect(await needles(behind)).toEqual(await needles(writer));
    expect((await behind.search({ text: 'changed', topK: 9 })).map(({ id }) => id)).toEqual(['2']);
    // It follows again.
    await admin.xtrim(keysOf(namespace)[2], 'MAXLEN', 0);
    await writer.upsert([{ id: 'newer', text: 'newer' }]);
    expect((await behind.search({ text: 'newer', topK: 9 })).map(({ id }) => id)).toEqual(['newer']);
  });

  it('shows what a server has that lost its last writes, as after a failover', async () => {
    const namespace = server.namespace();
    const admin = server.admin();
    const memory = await server.open({ namespace, ...seldom });
    await memory.upsert([{ id: 'kept', text: 'needle' }]);
    const saved = await Promise.all(keysOf(namespace).map((key) => admin.dumpBuffer(key)));
    const restore = () =>
      Promise.all(keysOf(namespace).map((key, i) => admin.restore(key, 0, saved[i] as Buffer, 'REPLACE')));
    await memory.upsert([{ id: 'lost', text: 'needle' }]);
    expect(await needles(memory)).toEqual(['kept', 'lost']);
    await restore();
    expect(await needles(memory)).toEqual(['kept']);
    // As many documents as there are with what comes after it.
    await memory.upsert([
      { id: 'kept', text: 'changed' },
      { id: 'lost too', text: 'changed' },
    ]);
    await restore();
    const other = await server.open({ namespace });
    await other.upsert([{ id: 'lost too', text: 'needle' }]);
    expect(await needles(memory)).toEqual(['kept', 'lost too']);
  });

  it('leaves nothing of what was forgotten in Redis but its id, for an hour', async () => {
    const namespace = server.namespace();
    const admin = server.admin();
    const memory = await server.open({ namespace, vectors: { dimensions: 2 } });
    await memory.upsert([
      {
        id: 'a',
        text: 'Ada lives in Halifax',
        metadata: { about: 'ada', n: 1 },
        vector: Float32Array.of(1, 2),
      },
      { id: 'b', text: 'Bob', metadata: { about: 'bob' } },
    ]);
    const everything = async () => {
      const dumps = await Promise.all(
        keysOf(namespace).map(async (key) =>
          key === keysOf(namespace)[2] ? await admin.xrange(key, '-', '+') : await admin.hgetallBuffer(key),
        ),
      );
      return JSON.stringify(dumps, (_, value) =>
        value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
      );
    };
    expect(await everything()).toContain('Halifax');
    expect(await memory.forget({ about: 'ada' })).toBe(1);
    const left = await everything();
    expect(left).toContain('Bob');
    expect(left).not.toMatch(/Halifax|Ada|"ada/);
    expect(await admin.hkeys(keysOf(namespace)[0])).toEqual(['b']);
    // As the background does once a minute; here, whatever is older than a second from now.
    const place = await openRedisPlace({ url: server.service().url, namespace });
    onTestFinished(() => place.connection.close());
    await createKeptDocs(place.connection, keysOf(namespace), { dimensions: 2, model: '' }).tidy(-1000);
    expect(await admin.xlen(keysOf(namespace)[2])).toBe(0);
    expect(await everything()).not.toContain('"a"');
    await memory.upsert([{ id: 'c', text: 'needle' }]);
    expect(await needles(memory)).toEqual(['c']);
  });

  it('forgets no document that somebody changed meanwhile so that it does not fit any more', async () => {
    const namespace = server.namespace();
    const other = await server.open({ namespace });
    await other.upsert(['a', 'b', 'c'].map((id) => ({ id, text: 'needle', metadata: { old: true } })));
    const place = await openRedisPlace({ url: server.service().url, namespace });
    onTestFinished(() => place.connection.close());
    const docs = createKeptDocs(place.connection, keysOf(namespace), { dimensions: 0, model: '' });
    const replica = createMemoryReplica();
    const follower = createFollower(docs, replica);
    await follower.begin(undefined, undefined);
    let isFirst = true;
    const count = await forgetDocs({
      replica,
      follower,
      filter: { old: true },
      signal: undefined,
      docs: {
        ...docs,
        async forget(versions, signal) {
          if (isFirst) {
            isFirst = false;
            await other.upsert([
              { id: 'a', text: 'needle', metadata: { old: false } },
              { id: 'b', text: 'needle again', metadata: { old: true } },
            ]);
          }
          return docs.forget(versions, signal);
        },
      },
    });
    expect(count).toBe(2);
    expect(await needles(other)).toEqual(['a']);
  });

  it('takes documents out of a server that has no memory left, and goes on when it has', async () => {
    const namespace = server.namespace();
    const admin = server.admin();
    const memory = await server.open({ namespace });
    const other = await server.open({ namespace, ...seldom });
    await memory.upsert(['a', 'b', 'c'].map((id) => ({ id, text: 'needle' })));
    expect(await needles(other)).toEqual(['a', 'b', 'c']);
    await admin.config('SET', 'maxmemory', '1');
    onTestFinished(async () => {
      await admin.config('SET', 'maxmemory', '0');
    });
    await expect(memory.upsert([{ id: 'd', text: 'needle' }])).rejects.toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      outcome: 'not-applied',
      retryable: true,
    });
    expect(await memory.delete(['a', 'absent'])).toBe(1);
    expect(await needles(memory)).toEqual(['b', 'c']);
    expect(await needles(other)).toEqual(['b', 'c']);
    // Nobody can be told of a change now, and all see it none the less.
    expect(await other.delete(['c'])).toBe(1);
    expect(await needles(memory)).toEqual(['b']);
    await admin.config('SET', 'maxmemory', '0');
    await other.upsert([{ id: 'd', text: 'needle' }]);
    expect(await needles(memory)).toEqual(['b', 'd']);
    expect(await memory.delete(['b'])).toBe(1);
    expect(await other.count()).toBe(1);
  });

  it('tells of keys that a server with another eviction policy has deleted, and warns of the policy', async () => {
    const namespace = server.namespace();
    const admin = server.admin();
    const memory = await server.open({ namespace });
    expect(memory.warnings).toEqual([]);
    await memory.upsert([{ id: 'a', text: 'needle' }]);
    await admin.unlink(keysOf(namespace)[0]);
    const lost = { code: 'AIWORK_CORRUPT_DATA', message: expect.stringContaining('maxmemory-policy') };
    await expect(needles(memory)).rejects.toMatchObject(lost);
    await expect(server.open({ namespace })).rejects.toMatchObject(lost);
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    onTestFinished(async () => {
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
    });
    const { warnings } = await server.open({ namespace: server.namespace() });
    expect(warnings).toEqual([expect.stringContaining('allkeys-lru')]);
  });

  it('refuses to mix vectors, when it is opened and when it is written to', async () => {
    const namespace = server.namespace();
    const first = await server.open({ namespace, vectors: { dimensions: 2 } });
    const second = await server.open({ namespace, vectors: { dimensions: 3 } });
    await first.upsert([{ id: 'a', text: 'needle' }]);
    const refusal = {
      code: 'AIWORK_INVALID_ARGUMENT',
      outcome: 'not-applied',
      message: expect.stringMatching(/vectors of 2 numbers.*opened with vectors of 3 numbers/),
    };
    await expect(second.upsert([{ id: 'b', text: 'needle' }])).rejects.toMatchObject(refusal);
    await expect(server.open({ namespace, vectors: { dimensions: 3 } })).rejects.toMatchObject(refusal);
    await expect(server.open({ namespace })).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
    expect(await first.count()).toBe(1);
  });

  it('refuses to mix vectors of two models', async () => {
    const namespace = server.namespace();
    const by = (id: string): RedisMemoryOptions => ({ namespace, vectors: { embedder: { ...seeing, id } } });
    const first = await server.open(by('model-1'));
    const second = await server.open(by('model-2'));
    await first.upsert([{ id: 'a', text: 'needle' }]);
    const refusal = {
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringMatching(/by "model-1".*by "model-2"/),
    };
    await expect(second.upsert([{ id: 'b', text: 'needle' }])).rejects.toMatchObject(refusal);
    await expect(server.open(by('model-2'))).rejects.toMatchObject(refusal);
    // Whoever gives vectors by hand knows where they are from; those of documents were made once.
    const byHand = await server.open({ namespace, vectors: { dimensions: 2 } });
    const [hit] = await byHand.search({ vector: Float32Array.of(6, 1), topK: 1 });
    expect(hit?.id).toBe('a');
    expect(hit?.score).toBeCloseTo(1);
  });

  it('says how much it has read, and stops where it is told to', async () => {
    const namespace = server.namespace();
    const writer = await server.open({ namespace });
    await writer.upsert(Array.from({ length: 3000 }, (_, n) => ({ id: `${n}`, text: 'needle' })));
    const seen: Progress[] = [];
    await server.open({ namespace, onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toEqual({ done: 3000, total: 3000, unit: 'items' });
    const controller = new AbortController();
    const options = {
      url: server.service().url,
      namespace,
      onProgress: () => controller.abort(new Error('enough')),
    };
    await expect(createRedisMemory(options, controller.signal)).rejects.toMatchObject({
      code: 'AIWORK_CANCELLED',
    });
  });

  it('refuses a batch that would hold up the server, and options that cannot be used', async () => {
    const memory = await server.open({ namespace: server.namespace() });
    const text = 'x'.repeat(1_000_000);
    const batch = Array.from({ length: 70 }, (_, n) => ({ id: `${n}`, text }));
    await expect(memory.upsert(batch)).rejects.toMatchObject({
      code: 'AIWORK_LIMIT_EXCEEDED',
      outcome: 'not-applied',
    });
    for (const options of [
      { maxStalenessMs: -1 },
      { maxStalenessMs: Number.NaN },
      { followEveryMs: 0 },
      { namespace: '' },
    ])
      await expect(server.open(options)).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
  });
});
