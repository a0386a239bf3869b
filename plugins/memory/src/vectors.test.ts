import { AiworkError } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { conceptEmbedder } from './concepts.fixture.ts';
import { fading } from './fading.ts';
import { createMemory, loadMemory } from './local-memory.ts';

const docs = [
  { id: 'tea', text: 'Green tea is steeped at 80 °C', metadata: { kind: 'drink' } },
  { id: 'mate', text: 'Mate is warm', metadata: { kind: 'drink' } },
  { id: 'bread', text: 'Bread', metadata: { kind: 'food' } },
];
const ids = (hits: readonly { readonly id: string }[]) => hits.map(({ id }) => id);

describe('vectors that are given', () => {
  const memory = () => createMemory({ vectors: { dimensions: 2 } });

  it('are searched by, and text by its words alone', async () => {
    await using found = memory();
    await found.upsert([
      { id: 'east', text: 'sun', vector: Float32Array.of(1, 0) },
      { id: 'north', text: 'snow', vector: Float32Array.of(0, 2) },
      { id: 'nowhere', text: 'sun' },
    ]);
    expect(await found.search({ vector: Float32Array.of(1, 1e-3), topK: 5 })).toEqual([
      { id: 'east', text: 'sun', score: expect.closeTo(1, 5) },
      { id: 'north', text: 'snow', score: expect.closeTo(0.001, 5) },
    ]);
    expect(ids(await found.search({ text: 'sun', topK: 5 }))).toEqual(['east', 'nowhere']);
  });

  it('and words together find what both find first', async () => {
    await using found = memory();
    await found.upsert([
      { id: 'a', text: 'sun', vector: Float32Array.of(1, 0.1) },
      { id: 'b', text: 'moon', vector: Float32Array.of(1, 0) },
      { id: 'c', text: 'sun', vector: Float32Array.of(0, 1) },
    ]);
    const query = { text: 'sun', vector: Float32Array.of(1, 0), topK: 3 };
    expect(ids(await found.search(query))).toEqual(['a', 'c', 'b']);
    expect(ids(await found.search({ ...query, by: 'vector' }))).toEqual(['b', 'a', 'c']);
    expect(ids(await found.search({ ...query, by: 'text' }))).toEqual(['a', 'c']);
  });

  it('are replaced and deleted with their documents', async () => {
    await using found = memory();
    const east = Float32Array.of(1, 0);
    await found.upsert([
      { id: 'a', text: 'one', vector: east },
      { id: 'b', text: 'two', vector: east },
    ]);
    await found.upsert([{ id: 'a', text: 'one' }]);
    expect(ids(await found.search({ vector: east, topK: 5 }))).toEqual(['b']);
    await found.delete(['b']);
    expect(await found.search({ vector: east, topK: 5 })).toEqual([]);
  });

  it.each([
    [Float32Array.of(1), 'docs[0].vector has 1 numbers'],
    [Float32Array.of(1, Number.NaN), 'docs[0].vector[1] is NaN'],
    [[1, 2] as unknown as Float32Array, 'docs[0].vector is an array'],
  ])('are refused when they are none of its own: %s', async (vector, message) => {
    await using found = memory();
    await expect(found.upsert([{ id: 'a', text: 'one', vector }])).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      outcome: 'not-applied',
      message: expect.stringContaining(message),
    });
    expect(await found.count()).toBe(0);
  });

  it('are taken as they were when it was called', async () => {
    await using found = memory();
    const vector = Float32Array.of(1, 0);
    const written = found.upsert([{ id: 'a', text: 'one', vector }]);
    vector.fill(-1);
    await written;
    expect((await found.search({ vector: Float32Array.of(1, 0), topK: 1 }))[0]?.score).toBe(1);
  });
});

describe('an embedder', () => {
  it('makes what texts are found by, in as many calls as it needs', async () => {
    const { embedder, asked } = conceptEmbedder();
    await using memory = createMemory({ vectors: { embedder } });
    await memory.upsert(docs);
    expect(asked.map(({ texts, kind }) => [texts.length, kind])).toEqual([
      [2, 'document'],
      [1, 'document'],
    ]);
    // No word of it is in any document.
    expect((await memory.search({ text: 'coffee', topK: 2 }))[0]?.id).toBe('mate');
    expect(asked.at(-1)).toEqual({ texts: ['coffee'], kind: 'query' });
    expect(await memory.search({ text: 'coffee', topK: 2, by: 'text' })).toEqual([]);
    const filter = { kind: 'food' };
    expect(ids(await memory.search({ text: 'coffee', topK: 2, filter }))).toEqual(['bread']);
  });

  it('that fails leaves the memory as it was, and says so', async () => {
    const { embedder } = conceptEmbedder();
    const failing = {
      ...embedder,
      embed: async () => {
        throw new AiworkError('AIWORK_INFERENCE_FAILED', 'no memory left', { retryable: true });
      },
    };
    await using memory = createMemory({ vectors: { embedder: failing } });
    await expect(memory.upsert(docs)).rejects.toMatchObject({
      code: 'AIWORK_INFERENCE_FAILED',
      outcome: 'not-applied',
      retryable: true,
    });
    expect(await memory.count()).toBe(0);
    await expect(memory.search({ text: 'tea', topK: 1 })).rejects.toMatchObject({
      code: 'AIWORK_INFERENCE_FAILED',
    });
    expect(await memory.search({ text: 'tea', topK: 1, by: 'text' })).toEqual([]);
  });

  it('that gives something else is not believed', async () => {
    const { embedder } = conceptEmbedder();
    const lying = {
      ...embedder,
      embed: async () => ({ vectors: [Float32Array.of(1)], tokens: 0, truncated: [] }),
    };
    await using memory = createMemory({ vectors: { embedder: lying } });
    await expect(memory.upsert(docs)).rejects.toMatchObject({ code: 'AIWORK_INVALID_OUTPUT' });
  });
});

describe('a saved memory', () => {
  it('brings its vectors back bit for bit', async () => {
    const { embedder } = conceptEmbedder();
    await using memory = createMemory({ vectors: { embedder } });
    await memory.upsert(docs);
    const { embedder: same, asked } = conceptEmbedder();
    await using again = await loadMemory(await memory.toSnapshot(), { vectors: { embedder: same } });
    expect(asked).toEqual([]);
    const query = { text: 'warm coffee', topK: 3 };
    expect(await again.search(query)).toEqual(await memory.search(query));
    expect(await again.toSnapshot()).toEqual(await memory.toSnapshot());
  });

  it('can be searched by vector without its embedder', async () => {
    const { embedder } = conceptEmbedder();
    await using memory = createMemory({ vectors: { embedder } });
    await memory.upsert(docs);
    await using again = await loadMemory(await memory.toSnapshot());
    expect(ids(await again.search({ vector: Float32Array.of(0, 1, 0, 0), topK: 1 }))).toEqual(['bread']);
    expect(await again.search({ text: 'coffee', topK: 1 })).toEqual([]);
  });

  it.each([
    ['of another model', { id: 'concepts-2' }],
    ['that never had any', undefined],
  ])('%s gets vectors made anew', async (_, made) => {
    const before = made && conceptEmbedder(made);
    await using memory = createMemory(before && { vectors: { embedder: before.embedder } });
    await memory.upsert(docs);
    const { embedder, asked } = conceptEmbedder();
    await using again = await loadMemory(await memory.toSnapshot(), { vectors: { embedder } });
    expect(asked.flatMap(({ texts }) => texts)).toEqual(docs.map(({ text }) => text));
    expect((await again.search({ text: 'cake', topK: 1 }))[0]?.id).toBe('bread');
  });

  it('whose vectors cannot be what is asked for is refused', async () => {
    await using memory = createMemory({ vectors: { dimensions: 2 } });
    const snapshot = await memory.toSnapshot();
    for (const vectors of [{ dimensions: 3 }, { dimensions: 2, similarity: 'dot' as const }])
      await expect(loadMemory(snapshot, { vectors })).rejects.toMatchObject({
        code: 'AIWORK_INVALID_ARGUMENT',
        message: expect.stringContaining('vectors of 2 numbers for cosine similarity'),
      });
  });
});

describe('hits', () => {
  it('can be weighed', async () => {
    await using memory = createMemory();
    const at = (day: string, weight?: number) => ({ at: day, ...(weight !== undefined && { weight }) });
    await memory.upsert([
      { id: 'old', text: 'note', metadata: at('2026-01-01') },
      { id: 'new', text: 'note', metadata: at('2026-01-31') },
      { id: 'old, and matters', text: 'note', metadata: at('2026-01-01', 8) },
      { id: 'timeless', text: 'note' },
    ]);
    const now = () => Date.parse('2026-01-31');
    const weigh = fading({ at: 'at', halfLife: '15d', importance: 'weight', now });
    const hits = await memory.search({ text: 'note', topK: 9, weigh });
    const best = hits[0]?.score as number;
    expect(hits.map(({ id, score }) => [id, score / best])).toEqual([
      ['old, and matters', 1],
      ['new', 0.5],
      ['timeless', 0.5],
      ['old', 0.125],
    ]);
    const minScore = best / 2;
    expect(ids(await memory.search({ text: 'note', topK: 9, weigh, minScore }))).toHaveLength(3);
  });

  it('are not weighed with what is no weight', async () => {
    await using memory = createMemory();
    await memory.upsert(docs);
    await expect(memory.search({ text: 'tea', topK: 1, weigh: () => Number.NaN })).rejects.toMatchObject({
      message: 'query.weigh gave NaN: return a finite number of 0 or more',
    });
  });

  it('can be chosen for being unlike each other', async () => {
    await using memory = createMemory({ vectors: { dimensions: 2 } });
    await memory.upsert([
      { id: 'a', text: 'x', vector: Float32Array.of(1, 0) },
      { id: 'a again', text: 'x', vector: Float32Array.of(1, 0.01) },
      { id: 'b', text: 'x', vector: Float32Array.of(1, 1) },
    ]);
    const query = { vector: Float32Array.of(1, 0), topK: 2 };
    expect(ids(await memory.search(query))).toEqual(['a', 'a again']);
    expect(ids(await memory.search({ ...query, diversity: 0.7 }))).toEqual(['a', 'b']);
  });

  it('of two lists can be put together by their scores', async () => {
    await using memory = createMemory({
      vectors: { dimensions: 2, fusion: { kind: 'weighted', text: 0.9 } },
    });
    await memory.upsert([
      { id: 'far, with the word', text: 'sun', vector: Float32Array.of(0, 1) },
      { id: 'near', text: 'moon', vector: Float32Array.of(1, 0) },
    ]);
    const hits = await memory.search({ text: 'sun', vector: Float32Array.of(1, 0), topK: 2 });
    expect(hits.map(({ score }) => score)).toEqual([expect.closeTo(0.9), expect.closeTo(0.1)]);
  });
});

describe('forgetting', () => {
  it('leaves nothing of what is forgotten, in no word and in no vector', async () => {
    await using memory = createMemory({ vectors: { dimensions: 2 } });
    const vector = Float32Array.of(0.6, 0.8);
    await memory.upsert([
      { id: 'n1', text: 'Ada Lovelace called', metadata: { about: ['ada'] }, vector },
      { id: 'n2', text: 'The weather is fine', metadata: { about: [] } },
      { id: 'n3', text: 'Her address is Ockham', metadata: { about: ['ada', 'bob'] }, vector },
    ]);
    expect(await memory.forget({ about: 'ada' })).toBe(2);
    expect(await memory.count()).toBe(1);
    const saved = Buffer.from(await memory.toSnapshot());
    for (const gone of ['lovelace', 'Lovelace', 'ockham', 'n1', 'ada'])
      expect(saved.includes(gone)).toBe(false);
    expect(saved.includes(Buffer.from(vector.buffer))).toBe(false);
    expect(saved.includes('weather')).toBe(true);
    expect(await memory.search({ vector, topK: 3 })).toEqual([]);
  });
});

describe('options', () => {
  const { embedder } = conceptEmbedder();
  it.each([
    [{}, 'vectors has neither `dimensions` nor an `embedder`'],
    [{ dimensions: 0 }, 'vectors.dimensions is 0'],
    [{ dimensions: 3, embedder }, 'the embedder gives vectors of 4 numbers'],
    [{ dimensions: 2, similarity: 'near' as 'dot' }, 'vectors.similarity is "near"'],
    [{ dimensions: 2, search: { candidates: 0 } }, 'vectors.search.candidates is 0'],
    [{ dimensions: 2, search: 'fast' as 'exact' }, 'vectors.search is "fast"'],
    [{ dimensions: 2, search: null as never }, 'vectors.search is null'],
    [{ dimensions: 2, fusion: { kind: 'rrf' as const, k: -1 } }, 'vectors.fusion.k is -1'],
    [{ dimensions: 2, fusion: { kind: 'weighted' as const, text: 2 } }, 'vectors.fusion.text is 2'],
    [{ dimensions: 2, fusion: { kind: 'sum' as 'rrf' } }, 'vectors.fusion.kind is "sum"'],
  ])('that cannot be used are refused: %j', (vectors, message) => {
    expect(() => createMemory({ vectors })).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });

  it('of a query need vectors that are there', async () => {
    await using memory = createMemory();
    for (const query of [{ by: 'vector' as const }, { diversity: 0.5 }])
      await expect(memory.search({ text: 'tea', topK: 1, ...query })).rejects.toMatchObject({
        code: 'AIWORK_UNSUPPORTED_CAPABILITY',
      });
  });
});
