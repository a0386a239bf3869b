import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CallOptions, ClosedError, type Memory, type MemoryFilter, type MemoryHit } from '@aiwork/core';
import {
  type AdmittedQuery,
  admitDocs,
  admitIds,
  admitQuery,
  type CheckedDoc,
  type LocalMemoryQuery,
} from './admission.ts';
import type { AdmittedDoc } from './document-index.ts';
import { embedTexts } from './embedding.ts';
import { compileFilter } from './filter.ts';
import { find } from './find.ts';
import { createLane } from './lane.ts';
import { type MemoryOptions, settingsFrom } from './options.ts';
import { createParts, loadParts, type Parts, snapshotOf } from './parts.ts';
import { checkSignal } from './refusals.ts';
import { type FilePath, pathOf, readWholeFile, writeFileAtomically } from './snapshot-file.ts';
import type { Tokenizer } from './tokenizer.ts';

/** A `Memory` of core that lives in this process and can be written down. @since 0.1.0 */
export interface LocalMemory extends Memory {
  search(query: LocalMemoryQuery, options?: CallOptions): Promise<readonly MemoryHit[]>;
  /**
   * Deletes every document whose metadata fits, and leaves nothing of them in memory or in what is saved from then on:
   * neither words that nobody else uses, nor vectors. Files that were saved before are not looked for.
   *
   * @returns how many there were.
   */
  forget(filter: MemoryFilter, options?: CallOptions): Promise<number>;
  /**
   * Writes everything to a file, for `loadMemory`. The file is replaced in one step: it never holds a part.
   *
   * @throws AiworkError `AIWORK_STORE_FAILED` with `outcome: 'not-applied'` when the file is as it was.
   */
  save(file: FilePath, options?: CallOptions): Promise<void>;
  /** Everything, as bytes for `loadMemory`. */
  toSnapshot(options?: CallOptions): Promise<Uint8Array>;
}

/** Longest time, about, that a batch keeps the event loop from other work while it is cut into terms. */
const sliceMs = 8;

async function tokenizeInSlices(
  docs: readonly CheckedDoc[],
  tokenizer: Tokenizer,
  signal: AbortSignal | undefined,
): Promise<AdmittedDoc[]> {
  const admitted: AdmittedDoc[] = [];
  let sliceEnd = performance.now() + sliceMs;
  for (const { doc } of docs) {
    admitted.push({ doc, tokens: tokenizer.tokenize(doc.text) });
    if (performance.now() < sliceEnd) continue;
    await nextTurn();
    checkSignal(signal);
    sliceEnd = performance.now() + sliceMs;
  }
  return admitted;
}

/** Vectors of documents, where there is one or it can be made. */
async function vectorsOf(
  docs: readonly CheckedDoc[],
  { vectors: settings }: Parts['settings'],
  signal: AbortSignal | undefined,
): Promise<(Float32Array | undefined)[]> {
  const given = docs.map(({ vector }) => vector);
  if (!settings?.embedder) return given;
  const texts = docs.filter(({ vector }) => vector === undefined).map(({ doc }) => doc.text);
  const { embedder, dimensions } = settings;
  const made = (await embedTexts(embedder, texts, { kind: 'document', dimensions, signal })).values();
  return given.map((vector) => vector ?? made.next().value);
}

function memoryOf(parts: Parts): LocalMemory {
  const { settings, index, table } = parts;
  const limits = { maxTextBytes: settings.maxTextBytes, dimensions: settings.vectors?.dimensions };
  const lane = createLane();
  let closing: Promise<void> | undefined;

  function enter(signal: AbortSignal | undefined): void {
    if (closing !== undefined) throw new ClosedError('the memory');
    checkSignal(signal);
  }

  async function vectorOf(
    { text, vector, by }: AdmittedQuery,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array | undefined> {
    if (by === 'text') return undefined;
    if (vector !== undefined || text === undefined || !settings.vectors?.embedder) return vector;
    const { embedder, dimensions } = settings.vectors;
    return (await embedTexts(embedder, [text], { kind: 'query', dimensions, signal }))[0];
  }

  function remove(ids: Iterable<string>): number {
    const gone = [...ids];
    for (const id of gone) table?.delete(id);
    return index.delete(gone);
  }

  const memory: LocalMemory = {
    capabilities: Object.freeze({
      search: Object.freeze(table ? (['text', 'vector'] as const) : (['text'] as const)),
      filters: true,
      maxTextBytes: settings.maxTextBytes,
      ...(settings.vectors && { dimensions: settings.vectors.dimensions }),
      durability: 'process',
    }),
    async upsert(docs, { signal } = {}) {
      enter(signal);
      const admitted = admitDocs(docs, limits);
      await lane.run(async () => {
        const cut = await tokenizeInSlices(admitted, settings.tokenizer, signal);
        const vectors = await vectorsOf(admitted, settings, signal);
        checkSignal(signal);
        table?.reserve(admitted.length);
        index.upsert(cut);
        for (const [i, { doc }] of admitted.entries()) {
          const vector = vectors[i];
          if (vector) table?.set(doc.id, vector);
          else table?.delete(doc.id);
        }
      }, signal);
    },
    async search(query, { signal } = {}) {
      enter(signal);
      const admitted = admitQuery(query, limits);
      return find(parts, admitted, await vectorOf(admitted, signal));
    },
    async delete(ids, { signal } = {}) {
      enter(signal);
      const admitted = admitIds(ids);
      return lane.run(() => remove(admitted), signal);
    },
    async forget(filter, { signal } = {}) {
      enter(signal);
      const fits = compileFilter(filter);
      return lane.run(() => {
        const found = [...index.docs()].filter(({ metadata }) => fits(metadata));
        const count = remove(found.map(({ id }) => id));
        index.compact();
        return count;
      }, signal);
    },
    async count({ signal } = {}) {
      enter(signal);
      return index.size;
    },
    async save(file, { signal } = {}) {
      enter(signal);
      await lane.run(() => writeFileAtomically(pathOf(file), snapshotOf(parts), signal), signal);
    },
    async toSnapshot({ signal } = {}) {
      enter(signal);
      return lane.run(() => Buffer.concat([...snapshotOf(parts)]), signal);
    },
    close() {
      closing ??= lane.idle();
      return closing;
    },
    [Symbol.asyncDispose]: () => memory.close(),
  };
  return memory;
}

/**
 * Makes an empty memory that finds texts by their words: BM25 or TF-IDF, exact to the last hit. It lives in this process;
 * `save` writes it down.
 *
 * Mutations are applied in the order they were called; a search sees every one that has resolved. Aborting one that has not
 * been applied rejects with `AIWORK_CANCELLED` and `outcome: 'not-applied'`.
 *
 * @example
 * ```ts
 * import { createMemory } from '@aiwork/memory';
 *
 * await using memory = createMemory();
 * await memory.upsert([
 *   { id: 'tea', text: 'Green tea is steeped at 80 °C', metadata: { kind: 'drink' } },
 *   { id: 'bread', text: 'Bread is baked at 230 °C', metadata: { kind: 'food' } },
 * ]);
 * const [best] = await memory.search({ text: 'how hot for tea?', topK: 3 });
 * console.log(best?.id); // tea
 * ```
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` when an option cannot be used. The methods reject with the same codes as those
 * of {@link createLexicalIndex} throw, and with `AIWORK_CLOSED` after `close()`.
 * @since 0.1.0
 */
export function createMemory(options: MemoryOptions = {}): LocalMemory {
  return memoryOf(createParts(settingsFrom(options)));
}

/**
 * The memory that was saved to a file, or that a snapshot was made of. Ranking and tokenizer are the saved ones unless given; a
 * different tokenizer makes it cut and index the texts anew.
 *
 * @example
 * ```ts
 * import { mkdtemp, rm } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { createMemory, loadMemory } from '@aiwork/memory';
 *
 * const folder = await mkdtemp(join(tmpdir(), 'memory-'));
 * const memory = createMemory();
 * await memory.upsert([{ id: 'a', text: 'kept for later' }]);
 * await memory.save(join(folder, 'notes.aiwmem'));
 *
 * const again = await loadMemory(join(folder, 'notes.aiwmem'));
 * console.log(await again.count()); // 1
 * await rm(folder, { recursive: true });
 * ```
 * @throws AiworkError `AIWORK_CORRUPT_DATA` when it is damaged, cut off, of a newer version or no snapshot;
 * `AIWORK_STORE_FAILED` when the file cannot be read; `AIWORK_INVALID_ARGUMENT` when an option cannot be used or the saved
 * memory's own tokenizer has to be passed.
 * @since 0.1.0
 */
export async function loadMemory(
  from: FilePath | Uint8Array,
  options: MemoryOptions & CallOptions = {},
): Promise<LocalMemory> {
  const { signal, ...memoryOptions } = options;
  checkSignal(signal);
  const parts = await load(from, memoryOptions, signal);
  await embedMissing(parts, signal);
  return memoryOf(parts);
}

async function load(
  from: FilePath | Uint8Array,
  options: MemoryOptions,
  signal: AbortSignal | undefined,
): Promise<Parts> {
  if (from instanceof Uint8Array) return loadParts(from, options, 'the snapshot');
  const path = pathOf(from);
  const bytes = await readWholeFile(path, signal);
  return loadParts(bytes, options, `the snapshot ${JSON.stringify(path)}`);
}

/** Of documents that were saved without vectors, or with those of another model. */
async function embedMissing(
  { settings, index, table }: Parts,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!table || !settings.vectors?.embedder) return;
  const { embedder, dimensions } = settings.vectors;
  const missing = [...index.docs()].filter(({ id }) => table.get(id) === undefined);
  const texts = missing.map(({ text }) => text);
  const vectors = await embedTexts(embedder, texts, { kind: 'document', dimensions, signal });
  table.reserve(missing.length);
  for (const [i, { id }] of missing.entries()) table.set(id, vectors[i] as Float32Array);
}
