import { type CallOptions, ClosedError, type Memory, type MemoryFilter, type MemoryHit } from '@aiwork/core';
import { checkSignal } from '@aiwork/core/adapter-kit';
import { type AdmittedQuery, admitDocs, admitIds, admitQuery, type LocalMemoryQuery } from './admission.ts';
import { embedTexts } from './embedding.ts';
import { compileFilter } from './filter.ts';
import { find } from './find.ts';
import type { Keeper } from './keeper.ts';
import { createLane } from './lane.ts';
import { deleteFrom, type Parts, upsertInto } from './parts.ts';
import { prepareDocs } from './prepare-docs.ts';
import { lockIfUsed } from './storage/file-lock.ts';
import { type FilePath, pathOf } from './storage/file-path.ts';
import { writeFileAtomically } from './storage/snapshot-file.ts';
import { snapshotBytes, snapshotOf } from './storage/snapshot-of.ts';

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
   * @throws AiworkError `AIWORK_STORE_FAILED` with `outcome: 'not-applied'` when the file is as it was; `AIWORK_STORE_BUSY` when
   * `openMemory` has it open.
   */
  save(file: FilePath, options?: CallOptions): Promise<void>;
  /** Everything, as bytes for `loadMemory`. */
  toSnapshot(options?: CallOptions): Promise<Uint8Array>;
}

async function saveTo(file: FilePath, parts: Parts, signal: AbortSignal | undefined): Promise<void> {
  const path = await pathOf(file);
  const lock = await lockIfUsed(path);
  try {
    await writeFileAtomically(path, snapshotOf(parts), signal);
  } finally {
    lock?.release();
  }
}

/** `keeper`: keeps it beyond this process. */
export function memoryOf(parts: Parts, keeper?: Keeper): LocalMemory {
  const { settings, index, table } = parts;
  const limits = { maxTextBytes: settings.maxTextBytes, dimensions: settings.vectors?.dimensions };
  const lane = createLane();
  const searches = new Set<Promise<unknown>>();
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

  /** In turn, and then what the keeper has to do for it, which nobody waits for. */
  async function mutate<T>(job: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const result = await lane.run(job, signal);
    if (keeper?.isUntidy) void lane.run(keeper.tidy, undefined);
    return result;
  }

  async function remove(ids: Iterable<string>): Promise<number> {
    const known = [...ids].filter((id) => index.doc(id) !== undefined);
    if (known.length > 0) await keeper?.keep({ kind: 'delete', ids: known });
    return deleteFrom(parts, known);
  }

  async function close(): Promise<void> {
    await Promise.allSettled(searches);
    await lane.idle();
    await keeper?.close();
  }

  const memory: LocalMemory = {
    capabilities: Object.freeze({
      search: Object.freeze(table ? (['text', 'vector'] as const) : (['text'] as const)),
      filters: true,
      maxTextBytes: settings.maxTextBytes,
      ...(settings.vectors && { dimensions: settings.vectors.dimensions }),
      durability: keeper?.durability ?? 'process',
    }),
    async upsert(docs, { signal } = {}) {
      enter(signal);
      const admitted = admitDocs(docs, limits);
      await mutate(async () => {
        const prepared = await prepareDocs(admitted, settings, signal);
        checkSignal(signal);
        table?.reserve(prepared.length);
        if (prepared.length > 0) await keeper?.keep({ kind: 'upsert', docs: prepared });
        upsertInto(parts, prepared);
      }, signal);
    },
    async search(query, { signal } = {}) {
      enter(signal);
      const admitted = admitQuery(query, limits);
      const making = vectorOf(admitted, signal);
      searches.add(making);
      try {
        return find(parts, admitted, await making);
      } finally {
        searches.delete(making);
      }
    },
    async delete(ids, { signal } = {}) {
      enter(signal);
      const admitted = admitIds(ids);
      return mutate(() => remove(admitted), signal);
    },
    async forget(filter, { signal } = {}) {
      enter(signal);
      const fits = compileFilter(filter);
      return mutate(async () => {
        const found = [...index.docs()].filter(({ metadata }) => fits(metadata));
        const count = await remove(found.map(({ id }) => id));
        index.compact();
        await keeper?.rewrite();
        return count;
      }, signal);
    },
    async count({ signal } = {}) {
      enter(signal);
      return index.size;
    },
    async save(file, { signal } = {}) {
      enter(signal);
      await lane.run(() => saveTo(file, parts, signal), signal);
    },
    async toSnapshot({ signal } = {}) {
      enter(signal);
      return lane.run(() => snapshotBytes(parts), signal);
    },
    close() {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]: () => memory.close(),
  };
  return memory;
}
