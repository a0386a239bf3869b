import {
  type CallOptions,
  ClosedError,
  type Memory,
  type MemoryDoc,
  type MemoryFilter,
  type MemoryHit,
} from '@aiwork/core';
import { checkSignal } from '@aiwork/core/adapter-kit';
import { admitDocs, admitIds, admitQuery, type LocalMemoryQuery } from './admission.ts';
import { compileFilter } from './filter.ts';
import { find } from './find.ts';
import type { Keeper } from './keeper.ts';
import { createLane } from './lane.ts';
import { deleteFrom, type Parts, upsertInto } from './parts.ts';
import { prepareDocs } from './prepare-docs.ts';
import { queryVector } from './query-vector.ts';
import { searchCapabilities } from './search-capabilities.ts';
import { lockIfUsed } from './storage/file-lock.ts';
import { type FilePath, pathOf } from './storage/file-path.ts';
import { writeFileAtomically } from './storage/snapshot-file.ts';
import { snapshotBytes, snapshotOf } from './storage/snapshot-of.ts';
import { inTurns, type Steps } from './turns.ts';
import { createUnseenChange } from './unseen-change.ts';

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
  const change = createUnseenChange();
  let closing: Promise<void> | undefined;

  function enter(signal: AbortSignal | undefined): void {
    if (closing !== undefined) throw new ClosedError('the memory');
    checkSignal(signal);
  }

  /** In turn, and then what the keeper has to do for it, which nobody waits for. */
  async function mutate<T>(job: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const result = await lane.run(job, signal);
    if (keeper?.isUntidy) void lane.run(keeper.tidy, undefined);
    return result;
  }

  async function compactIfWasteful(): Promise<void> {
    if (index.isWasteful) await inTurns(index.compact());
  }

  async function remove(ids: Iterable<string>): Promise<number> {
    const known = [...ids].filter((id) => index.doc(id) !== undefined);
    if (known.length > 0) await keeper?.keep({ kind: 'delete', ids: known });
    return change.make(deleteFrom(parts, known));
  }

  function* fitting(fits: (metadata: MemoryDoc['metadata']) => boolean): Steps<string[]> {
    const ids: string[] = [];
    for (const { id, metadata } of index.docs()) {
      if (fits(metadata)) ids.push(id);
      yield;
    }
    return ids;
  }

  async function close(): Promise<void> {
    await Promise.allSettled(searches);
    await lane.idle();
    await keeper?.close();
  }

  const memory: LocalMemory = {
    capabilities: Object.freeze({
      ...searchCapabilities(settings),
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
        await change.make(upsertInto(parts, prepared));
        await compactIfWasteful();
      }, signal);
    },
    async search(query, { signal } = {}) {
      enter(signal);
      const admitted = admitQuery(query, limits);
      const making = queryVector(admitted, settings, signal);
      searches.add(making);
      try {
        const vector = await making;
        await change.settled(signal);
        return find(parts, admitted, vector);
      } finally {
        searches.delete(making);
      }
    },
    async delete(ids, { signal } = {}) {
      enter(signal);
      const admitted = admitIds(ids);
      return mutate(async () => {
        const deleted = await remove(admitted);
        await compactIfWasteful();
        return deleted;
      }, signal);
    },
    async forget(filter, { signal } = {}) {
      enter(signal);
      const fits = compileFilter(filter);
      return mutate(async () => {
        const count = await remove(await inTurns(fitting(fits), signal));
        await inTurns(index.compact());
        await keeper?.rewrite();
        return count;
      }, signal);
    },
    async count({ signal } = {}) {
      enter(signal);
      await change.settled(signal);
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
