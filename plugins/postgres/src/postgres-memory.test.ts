import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Embedder } from '@aiwork/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { testServer } from './databases.fixture.ts';
import { createPostgresMemory } from './index.ts';

vi.setConfig({ testTimeout: 120_000 });
const server = testServer({ extension: 'vector' });
beforeEach((context) => {
  server.required(context);
});

const ids = (hits: readonly { readonly id: string }[]) => hits.map(({ id }) => id);
const vector = (...values: readonly number[]) => Float32Array.of(...values);

describe('searching', () => {
  it('ranks by how often words are there, and by the length of the text', async () => {
    const memory = await server.open();
    await memory.upsert([
      { id: 'once', text: 'tea and much more that is about something else than that' },
      { id: 'both', text: 'green tea' },
      { id: 'none', text: 'rye bread' },
      { id: 'short', text: 'tea' },
    ]);
    expect(ids(await memory.search({ text: 'green tea?', topK: 9 }))).toEqual(['both', 'short', 'once']);
  });

  it('knows the words of a language', async () => {
    const memory = await server.open({ language: 'english' });
    await memory.upsert([{ id: 'a', text: 'The leaves were steeped' }]);
    expect(ids(await memory.search({ text: 'steeping a leaf', topK: 1 }))).toEqual(['a']);
    expect(await memory.search({ text: 'the', topK: 1 })).toEqual([]);
  });

  it('puts together what words and vectors find, by rank', async () => {
    const memory = await server.open({ vectors: { dimensions: 2 } });
    await memory.upsert([
      { id: 'words', text: 'tea tea', vector: vector(-1, 0) },
      { id: 'both', text: 'tea and more', vector: vector(1, 0.1) },
      { id: 'vector', text: 'bread', vector: vector(1, 0) },
      { id: 'neither', text: 'bread' },
    ]);
    const query = { text: 'tea', vector: vector(1, 0), topK: 9 };
    const hits = await memory.search(query);
    expect(hits.map(({ id, score }) => [id, score])).toEqual([
      ['words', 1 / 61 + 1 / 63],
      ['both', 1 / 62 + 1 / 62],
      ['vector', 1 / 61],
    ]);
    expect(ids(await memory.search({ ...query, by: 'text' }))).toEqual(['words', 'both']);
    expect(ids(await memory.search({ ...query, by: 'vector' }))).toEqual(['vector', 'both', 'words']);
    expect(ids(await memory.search({ ...query, minScore: 1 / 62 + 1 / 62 }))).toEqual(['words', 'both']);
  });

  it('asks the embedder for the vectors that are missing', async () => {
    const asked: unknown[] = [];
    const embedder: Embedder = {
      ...lengths,
      embed(texts, options) {
        asked.push([texts, options?.kind]);
        return lengths.embed(texts);
      },
    };
    const memory = await server.open({ vectors: { embedder } });
    await memory.upsert([
      { id: 'a', text: 'xxxx' },
      { id: 'b', text: 'x', vector: vector(0, 1) },
    ]);
    expect(ids(await memory.search({ text: 'zzzz', topK: 1 }))).toEqual(['a']);
    expect(await memory.search({ text: 'zzzz', topK: 1, by: 'text' })).toEqual([]);
    expect(asked).toEqual([
      [['xxxx'], 'document'],
      [['zzzz'], 'query'],
    ]);
  });

  it('gives scores to vectors of no length', async () => {
    for (const search of ['exact', 'approximate'] as const) {
      const memory = await server.open({ vectors: { dimensions: 2, search } });
      await memory.upsert([
        { id: 'none', text: 'a', vector: vector(0, 0) },
        { id: 'far', text: 'a', vector: vector(-1, 0) },
        { id: 'near', text: 'a', vector: vector(1, 0) },
      ]);
      const hits = await memory.search({ vector: vector(2, 0), topK: 3 });
      expect(hits.map(({ id, score }) => [id, score])).toEqual([
        ['near', 1],
        ['none', 0],
        ['far', -1],
      ]);
    }
  });

  it('finds whatever fits a filter, also where an index gives up before', async (context) => {
    const url = new URL(server.required(context).url);
    url.searchParams.set('options', '-c hnsw.max_scan_tuples=100 -c enable_seqscan=off');
    const vectors = { dimensions: 2, search: 'approximate' } as const;
    const memory = await server.open({ url: url.href, vectors });
    const at = (degrees: number) =>
      vector(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
    await memory.upsert([
      ...Array.from({ length: 500 }, (_, n) => ({ id: `near ${n}`, text: 'x', vector: at(n / 10) })),
      ...[120, 150].map((n) => ({ id: `${n}`, text: 'x', vector: at(n), metadata: { rare: { n } } })),
    ]);
    const filter = { rare: { $exists: true } };
    expect(ids(await memory.search({ vector: at(0), topK: 2, filter }))).toEqual(['120', '150']);
  });

  it('uses the indexes of words and of vectors', async () => {
    const vectors = { dimensions: 64, search: 'approximate' } as const;
    const memory = await server.open({ namespace: 'many', vectors });
    await memory.upsert(
      Array.from({ length: 2000 }, (_, n) => ({
        id: `${n}`,
        text: `common word${n}`,
        vector: vector(...Array.from({ length: 64 }, (_, i) => Math.sin(n * (i + 1)))),
      })),
    );
    const client = await server.client();
    const table = await tableOf('many');
    await client.query(`ANALYZE ${table}`);
    const scans = async (index: string) =>
      Number(
        (await client.query('SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = $1', [index]))
          .rows[0].idx_scan,
      );
    expect(ids(await memory.search({ text: 'word17', topK: 3 }))).toEqual(['17']);
    const query = { vector: vector(...Array.from({ length: 64 }, (_, i) => Math.sin(9 * (i + 1)))), topK: 1 };
    expect(ids(await memory.search(query))).toEqual(['9']);
    // Servers tell late, but all of it at the end of a session.
    await memory.close();
    await vi.waitFor(
      async () => expect([await scans(`${table}_words`), await scans(`${table}_cosine`)]).toEqual([1, 1]),
      { timeout: 60_000 },
    );
  });
});

describe('forgetting', () => {
  it('deletes what fits, and says how many there were', async () => {
    const memory = await server.open();
    const about = (id: string, who: string) => ({ id, text: 'note', metadata: { about: [who] } });
    await memory.upsert([about('a', 'ada'), about('b', 'bob'), about('c', 'ada'), { id: 'd', text: 'note' }]);
    expect(await memory.forget({ about: 'ada' })).toBe(2);
    expect(ids(await memory.search({ text: 'note', topK: 9 })).sort()).toEqual(['b', 'd']);
    expect(await memory.forget({ $not: { about: 'bob' } })).toBe(1);
    await expect(memory.forget({ about: {} })).rejects.toMatchObject({ outcome: 'not-applied' });
    expect(await memory.count()).toBe(1);
  });
});

describe('writing', () => {
  it.each([
    ['words of two letters', (n: number) => `${letter(n)}${letter(n >> 7)}`],
    [
      'words with hyphens, which are kept whole and in parts',
      (n: number) => `${letter(n)}${n % 89}-${letter(n >> 7)}b`,
    ],
    ['addresses, which are kept whole and in parts', (n: number) => `${letter(n)}.de/${n}`],
  ])('takes the longest text of %s', async (_, word) => {
    const memory = await server.open();
    let text = 'needle';
    for (let n = 0; Buffer.byteLength(text) < 131_072 - 20; n += 1) text += ` ${word(n)}`;
    await memory.upsert([{ id: 'a', text: text.padEnd(131_072 - Buffer.byteLength(text) + text.length) }]);
    expect(ids(await memory.search({ text: 'needle', topK: 1 }))).toEqual(['a']);
  });

  it.each(['delete', 'forget'] as const)(
    'never waits in a circle with %s() of the same documents',
    async (way) => {
      const namespace = `circle of ${way}`;
      const memory = await server.open({ namespace });
      const docs = Array.from({ length: 9 }, (_, n) => ({ id: `${n}`, text: 'x', metadata: { n } }));
      await memory.upsert(docs.toReversed());
      const client = await server.client();
      const table = await tableOf(namespace);
      await client.query(`BEGIN; SELECT id FROM ${table} WHERE id = '4' FOR UPDATE`);
      // It has what is before the fourth, and waits.
      const writing = memory.upsert(docs.toReversed());
      await untilWaiting(table, 1);
      const gone =
        way === 'delete' ? memory.delete(ids(docs.toReversed())) : memory.forget({ n: { $gte: 0 } });
      await untilWaiting(table, 2);
      await client.query('COMMIT');
      await writing;
      expect(await gone).toBe(9);
      expect(await memory.count()).toBe(0);
    },
  );

  it('is given up by the server before the call is, so that it is known to be not applied', async () => {
    const memory = await server.open({ namespace: 'locked', commandTimeoutMs: 10_000 });
    const client = await server.client();
    const table = await tableOf('locked');
    await client.query(`BEGIN; LOCK TABLE ${table}`);
    await expect(memory.upsert([{ id: 'a', text: 'secret-text' }])).rejects.toMatchObject({
      code: 'AIWORK_STORE_BUSY',
      outcome: 'not-applied',
      retryable: true,
    });
    await client.query('ROLLBACK');
    expect(await memory.count()).toBe(0);
  });

  it('ends in the server, too, when it is aborted', async () => {
    const memory = await server.open({ namespace: 'aborted' });
    const client = await server.client();
    const table = await tableOf('aborted');
    await client.query(`BEGIN; LOCK TABLE ${table}`);
    const controller = new AbortController();
    const ending = memory
      .upsert([{ id: 'a', text: 'x' }], { signal: controller.signal })
      .catch((error) => error);
    await untilWaiting(table, 1);
    controller.abort(new Error('the user left'));
    expect(await ending).toMatchObject({ code: 'AIWORK_CANCELLED', outcome: 'unknown' });
    await untilWaiting(table, 0);
    await client.query('ROLLBACK');
    expect(await memory.count()).toBe(0);
  });

  it('refuses strings that have no form in UTF-8, without showing them', async () => {
    const memory = await server.open();
    const half = 'half \ud83d';
    for (const doc of [
      { id: 'a', text: half },
      { id: 'a', text: 'x', metadata: { half } },
      { id: 'a', text: 'x', metadata: { [half]: 1 } },
      { id: 'a', text: 'x', metadata: { 'back\\slash': half } },
    ])
      await expect(memory.upsert([doc])).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
    const fine = { id: 'a', text: 'x', metadata: { '\\ud83d': '\\\\ud83d', whole: '\u{1f600}' } };
    await memory.upsert([fine]);
    expect(await memory.search({ text: 'x', topK: 1 })).toMatchObject([fine]);
  });
});

describe('opening', () => {
  it('is done by several at once, the first time as well', async () => {
    const options = { namespace: 'first', vectors: { dimensions: 3, search: 'approximate' } } as const;
    const memories = await Promise.all([1, 2, 3, 4].map(() => server.open(options)));
    await Promise.all(memories.map((memory, n) => memory.upsert([{ id: `${n}`, text: 'x' }])));
    expect(await memories[0]?.count()).toBe(4);
  });

  it('adds an index of vectors where there was none', async () => {
    const vectors = { dimensions: 2 };
    const exact = await server.open({ namespace: 'grows', vectors });
    await exact.upsert([{ id: 'a', text: 'x', vector: vector(1, 0) }]);
    const indexed = await server.open({ namespace: 'grows', vectors: { ...vectors, search: 'approximate' } });
    expect(ids(await indexed.search({ vector: vector(1, 0), topK: 1 }))).toEqual(['a']);
    const client = await server.client();
    const { rows } = await client.query('SELECT indexdef FROM pg_indexes WHERE indexname = $1', [
      `${await tableOf('grows')}_cosine`,
    ]);
    expect(rows[0]?.indexdef).toContain('hnsw');
  });

  it.each([
    ['another language', { language: 'german', vectors: { dimensions: 3 } }, 'cut by language "simple"'],
    ['vectors of another length', { vectors: { dimensions: 4 } }, 'vectors of 3 numbers'],
    ['no vectors', { vectors: undefined }, 'vectors of 3 numbers'],
  ])('refuses what was made with %s', async (_, { vectors, ...others }, message) => {
    const namespace = 'made';
    await server.open({ namespace, vectors: { dimensions: 3 } });
    const opening = server.open({ namespace, ...others, ...(vectors && { vectors }) });
    await expect(opening).rejects.toThrow(message);
  });

  it('leaves alone what a newer version has made', async () => {
    const namespace = 'newer';
    await server.open({ namespace });
    const client = await server.client();
    await client.query('UPDATE aiwork_memory SET version = 99 WHERE namespace = $1', [namespace]);
    await expect(server.open({ namespace })).rejects.toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringContaining('newer version'),
    });
  });

  it('says which option cannot be used', async () => {
    for (const options of [
      { language: 'klingon' },
      { language: "'; DROP TABLE aiwork_memory; --" },
      { namespace: '' },
      { commandTimeoutMs: 0 },
      { vectors: {} },
      { vectors: { dimensions: 2001, search: 'approximate' as const } },
    ])
      await expect(server.open(options)).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
    await expect(createPostgresMemory({ url: 'redis://:s3cret@localhost' })).rejects.not.toThrow('s3cret');
  });

  it('tells no password of a server that refuses it, or is not there', async (context) => {
    const { url } = server.required(context);
    const wrong = new URL(url);
    wrong.password = 's3cret-of-hers';
    const refused = await createPostgresMemory({ url: wrong.href }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'AIWORK_STORE_FAILED', retryable: false });
    wrong.port = '9';
    const absent = await createPostgresMemory({ url: wrong.href }).catch((error: unknown) => error);
    expect(absent).toMatchObject({ code: 'AIWORK_STORE_FAILED', retryable: true });
    expect(inspect([refused, absent], { depth: 9, showHidden: true })).not.toContain('s3cret-of-hers');
  });
});

/** Resolves when so many statements about a table wait for a lock. */
async function untilWaiting(table: string, count: number): Promise<void> {
  const client = await server.client();
  const text = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1";
  while ((await client.query(text, [`%${table}%`])).rowCount !== count) await delay(5);
}

async function tableOf(namespace: string): Promise<string> {
  const client = await server.client();
  const { rows } = await client.query('SELECT id FROM aiwork_memory WHERE namespace = $1', [namespace]);
  return `aiwork_memory_${rows[0].id}`;
}

/** A letter of its own for each of many numbers. */
function letter(n: number): string {
  return String.fromCodePoint(0x430 + (n % 32), 0x3b1 + ((n >> 5) % 17)).slice(0, 1 + (n % 2));
}

/** Finds texts by their length: not what anybody means, but the same in every run. */
const lengths = {
  id: 'lengths',
  capabilities: {
    dimensions: 2,
    maxTexts: 10,
    maxTokens: 512,
    normalized: false,
    asymmetric: false,
    tolerance: 0,
  },
  embed: async (texts: readonly string[]) => ({
    vectors: texts.map(({ length }) => vector(length, 1)),
    tokens: 0,
    truncated: [],
  }),
  close: async () => {},
  [Symbol.asyncDispose]: async () => {},
};
