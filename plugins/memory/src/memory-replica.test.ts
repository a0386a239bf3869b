import { describe, expect, it } from 'vitest';
import { createMemory } from './local-memory.ts';
import { createMemoryReplica } from './memory-replica.ts';

const vectors = { dimensions: 2 };
const doc = (id: string, text: string, at = 0) => ({
  id,
  text,
  vector: Float32Array.of(Math.cos(at), Math.sin(at)),
});

describe('a replica', () => {
  it('finds what a memory finds, to the last bit, in whatever order it was told', async () => {
    const memory = createMemory({ vectors });
    const replica = createMemoryReplica({ vectors });
    const docs = Array.from({ length: 200 }, (_, n) =>
      doc(`${n}`, `tea ${'leaf '.repeat(n % 7)} cup${n % 13}`, n),
    );
    await memory.upsert(docs);
    await memory.delete(['3', '50']);
    const admitted = await replica.admit([...docs].reverse());
    for (let from = 0; from < docs.length; from += 30)
      await replica.apply({ upserts: admitted.slice(from, from + 30), deletes: [] });
    await replica.apply({ upserts: [], deletes: ['3', '50', 'absent'] });
    for (const query of [
      { text: 'tea leaf', topK: 30 },
      { vector: Float32Array.of(0, 1), topK: 30 },
      { text: 'cup4 leaf', vector: Float32Array.of(1, 0), topK: 30 },
    ])
      expect(await replica.search(query)).toEqual(await memory.search(query));
    expect(replica.size).toBe(198);
  });

  it('takes a change in one step', async () => {
    const replica = createMemoryReplica();
    await replica.apply({ upserts: [{ id: 'old', text: 'needle' }], deletes: [] });
    // So long that cutting it into words makes way for others.
    const long = { id: 'new', text: `needle ${'word '.repeat(400_000)}` };
    let done = false;
    const applied = replica
      .apply({ upserts: [long, { id: 'more', text: 'needle' }], deletes: ['old'] })
      .then(() => {
        done = true;
      });
    const seen = new Set<string>();
    do {
      const hits = await replica.search({ text: 'needle', topK: 9 });
      seen.add(
        hits
          .map(({ id }) => id)
          .sort()
          .join(),
      );
      await new Promise((resolve) => setImmediate(resolve));
    } while (!done);
    await applied;
    expect([...seen].filter((ids) => ids !== 'old' && ids !== 'more,new')).toEqual([]);
    expect(replica.size).toBe(2);
  });

  it('admits of several documents of one id the last, and refuses before anything is taken', async () => {
    const replica = createMemoryReplica();
    const twice = [
      { id: 'a', text: 'first' },
      { id: 'b', text: 'other' },
      { id: 'a', text: 'last', metadata: { n: 1 } },
    ];
    expect(await replica.admit(twice)).toEqual([
      { id: 'a', text: 'last', metadata: { n: 1 } },
      { id: 'b', text: 'other' },
    ]);
    await expect(replica.admit([{ id: '', text: 'x' }])).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      outcome: 'not-applied',
    });
    expect(replica.size).toBe(0);
  });

  it('says which documents fit a filter', async () => {
    const replica = createMemoryReplica();
    const docs = [1, 2, 3].map((n) => ({ id: `${n}`, text: 'x', metadata: { n } }));
    await replica.apply({ upserts: docs, deletes: [] });
    expect(replica.idsOf({ n: { $gte: 2 } })).toEqual(['2', '3']);
  });
});
