import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemory, loadMemory } from '../local-memory.ts';
import type { LocalMemory } from '../memory-of.ts';
import { openMemory } from '../open-memory.ts';
import { type Column, type ColumnFile, decodeColumns, encodeColumns } from './columns.ts';
import type { SnapshotAbout } from './snapshot-of.ts';

const dimensions = 20;
let state = 7;
/** Park and Miller (1988). */
const random = () => {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647 - 0.5;
};
const vectorOf = () => Float32Array.from({ length: dimensions }, random);
const docs = Array.from({ length: 300 }, (_, n) => ({ id: `${n}`, text: '', vector: vectorOf() }));
const queries = Array.from({ length: 20 }, vectorOf);
type Search = 'exact' | { readonly candidates: number };
const searches: readonly Search[] = ['exact', { candidates: 30 }];

async function filled(search: Search): Promise<LocalMemory> {
  const memory = createMemory({ vectors: { dimensions, search } });
  await memory.upsert([{ id: 'without', text: 'no vector' }, ...docs]);
  await memory.delete(['3', '299', '150']);
  return memory;
}

async function hitsOf(memory: LocalMemory) {
  return Promise.all(queries.map((vector) => memory.search({ vector, topK: 5 })));
}

const columnsOfSearch = {
  exact: ['vectors.bytes', 'vectors.scales', 'vectors.errors', 'vectors.lengths'],
  approximate: ['vectors.signs'],
} as const;

/** The same snapshot with some of its columns changed, or left out where nothing is given for them. */
function rewritten(
  snapshot: Uint8Array,
  change: (name: string, bytes: Uint8Array) => Uint8Array | undefined,
  header: (about: SnapshotAbout) => object = (about) => about,
): Uint8Array {
  const bytes = Buffer.from(snapshot);
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  const file: ColumnFile<SnapshotAbout> = decodeColumns(own, 'the snapshot');
  const columns = namesIn(own).flatMap((name): Column[] => {
    const changed = change(name, file.bytes(name));
    return changed ? [[name, [changed]]] : [];
  });
  const pieces: Uint8Array[] = [];
  const encoding = encodeColumns(header(file.about), columns);
  for (let next = encoding.next(); ; next = encoding.next()) {
    if (!next.done) {
      pieces.push(next.value);
      continue;
    }
    const whole = Buffer.concat(pieces);
    whole.set(next.value);
    return whole;
  }
}

function namesIn(snapshot: Buffer): string[] {
  const directory = JSON.parse(snapshot.subarray(snapshot.readDoubleLE(16)).toString());
  return Object.keys(directory.columns);
}

/** As releases wrote it that kept no codes. */
function early(snapshot: Uint8Array): Uint8Array {
  const codes: readonly string[] = [...columnsOfSearch.exact, ...columnsOfSearch.approximate];
  return rewritten(
    snapshot,
    (name, bytes) => (codes.includes(name) ? undefined : bytes),
    ({ vectors, ...about }) => {
      const { codes: _, ...rest } = vectors ?? {};
      return { ...about, vectors: rest };
    },
  );
}

describe.each(searches)('vectors in a file, searched %j', (search) => {
  const vectors = { dimensions, search };

  it('are found as before, and go on from there', async () => {
    await using memory = await filled(search);
    await using again = await loadMemory(await memory.toSnapshot(), { vectors });
    expect(await hitsOf(again)).toEqual(await hitsOf(memory));
    for (const each of [memory, again]) {
      await each.upsert([
        { id: '7', text: '', vector: queries[0] as Float32Array },
        { id: '8', text: '' },
      ]);
      await each.delete(['0', '298']);
    }
    expect(await hitsOf(again)).toEqual(await hitsOf(memory));
    expect((await again.search({ vector: queries[0] as Float32Array, topK: 1 }))[0]?.id).toBe('7');
  });

  it('are found from a file without codes, or with those of another search', async () => {
    await using memory = await filled(search);
    const due = await hitsOf(memory);
    await using fromEarly = await loadMemory(early(await memory.toSnapshot()), { vectors });
    expect(await hitsOf(fromEarly)).toEqual(due);
    const [other] = searches.filter((each) => each !== search);
    await using otherwise = await filled(other as Search);
    await using fromOther = await loadMemory(await otherwise.toSnapshot(), { vectors });
    expect(await hitsOf(fromOther)).toEqual(due);
  });
});

describe('codes of vectors', () => {
  const vectors = { dimensions, search: { candidates: 1 } } as const;

  it('are used as they lie, and not made anew', async () => {
    await using memory = await filled('exact');
    await using asSigns = await loadMemory(await memory.toSnapshot(), { vectors });
    const snapshot = await asSigns.toSnapshot();
    const [query] = docs;
    const vector = query?.vector as Float32Array;
    // The first code says what the second does: it is no candidate any more.
    const forged = rewritten(snapshot, (name, bytes) => {
      if (name === 'vectors.signs') bytes.copyWithin(0, 16, 32);
      return bytes;
    });
    await using loaded = await loadMemory(snapshot, { vectors });
    expect((await loaded.search({ vector, topK: 1 }))[0]?.id).toBe('0');
    await using misled = await loadMemory(forged, { vectors });
    expect((await misled.search({ vector, topK: 1 }))[0]?.id).not.toBe('0');
  });

  it.each([...columnsOfSearch.exact, ...columnsOfSearch.approximate])(
    'are refused when %s has not as many as there are vectors',
    async (column) => {
      const isExact = column !== 'vectors.signs';
      const search = isExact ? 'exact' : vectors.search;
      await using memory = await filled(search);
      const cut = rewritten(await memory.toSnapshot(), (name, bytes) =>
        name === column ? bytes.subarray(0, bytes.length - 16) : bytes,
      );
      await expect(loadMemory(cut, { vectors: { dimensions, search } })).rejects.toMatchObject({
        code: 'AIWORK_CORRUPT_DATA',
      });
    },
  );

  it('are not there for a number that is none, whoever wrote the checksum', async () => {
    await using memory = await filled('exact');
    const forged = rewritten(await memory.toSnapshot(), (name, bytes) => {
      if (name === 'vectors') Buffer.from(bytes.buffer, bytes.byteOffset).writeFloatLE(Number.NaN, 40);
      return bytes;
    });
    await expect(loadMemory(forged, { vectors: { dimensions } })).rejects.toMatchObject({
      code: 'AIWORK_CORRUPT_DATA',
    });
  });
});

describe('a memory in a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aiwork-vectors-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('of an early release is written anew with codes when it is opened', async () => {
    const path = join(folder, 'early');
    await using memory = await filled('exact');
    await writeFile(path, early(await memory.toSnapshot()));
    expect(namesIn(await readFile(path))).not.toContain('vectors.bytes');
    const opened = await openMemory(path);
    expect(await hitsOf(opened)).toEqual(await hitsOf(memory));
    await opened.close();
    expect(namesIn(await readFile(path))).toContain('vectors.bytes');
    await using again = await openMemory(path);
    expect(await hitsOf(again)).toEqual(await hitsOf(memory));
  });
});
