import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CallOptions, ClosedError, type Memory, type MemoryDoc } from '@aiwork/core';
import { admitDocs, admitIds } from './admission.ts';
import type { AdmittedDoc } from './document-index.ts';
import { createLane } from './lane.ts';
import { createParts, type LexicalParts, loadParts, searchIn, snapshotOf } from './lexical-index.ts';
import type { MemoryOptions } from './options.ts';
import { checkSignal } from './refusals.ts';
import { type FilePath, pathOf, readWholeFile, writeFileAtomically } from './snapshot-file.ts';
import type { Tokenizer } from './tokenizer.ts';

/** A `Memory` of core that can be written down. @since 0.1.0 */
export interface LexicalMemory extends Memory {
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
  docs: readonly MemoryDoc[],
  tokenizer: Tokenizer,
  signal: AbortSignal | undefined,
): Promise<AdmittedDoc[]> {
  const admitted: AdmittedDoc[] = [];
  let sliceEnd = performance.now() + sliceMs;
  for (const doc of docs) {
    admitted.push({ doc, tokens: tokenizer.tokenize(doc.text) });
    if (performance.now() < sliceEnd) continue;
    await nextTurn();
    checkSignal(signal);
    sliceEnd = performance.now() + sliceMs;
  }
  return admitted;
}

function memoryOf(parts: LexicalParts): LexicalMemory {
  const { settings, index } = parts;
  const lane = createLane();
  let closing: Promise<void> | undefined;

  function enter(signal: AbortSignal | undefined): void {
    if (closing !== undefined) throw new ClosedError('the memory');
    checkSignal(signal);
  }

  const memory: LexicalMemory = {
    capabilities: Object.freeze({
      search: Object.freeze(['text'] as const),
      filters: true,
      maxTextBytes: settings.maxTextBytes,
      durability: 'process',
    }),
    async upsert(docs, { signal } = {}) {
      enter(signal);
      const admitted = admitDocs(docs, settings.maxTextBytes);
      await lane.run(async () => {
        index.upsert(await tokenizeInSlices(admitted, settings.tokenizer, signal));
      }, signal);
    },
    async search(query, { signal } = {}) {
      enter(signal);
      return searchIn(parts, query);
    },
    async delete(ids, { signal } = {}) {
      enter(signal);
      const admitted = admitIds(ids);
      return lane.run(() => index.delete(admitted), signal);
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
export function createMemory(options: MemoryOptions = {}): LexicalMemory {
  return memoryOf(createParts(options));
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
): Promise<LexicalMemory> {
  const { signal, ...memoryOptions } = options;
  checkSignal(signal);
  if (from instanceof Uint8Array) return memoryOf(loadParts(from, memoryOptions, 'the snapshot'));
  const path = pathOf(from);
  const bytes = await readWholeFile(path, signal);
  return memoryOf(loadParts(bytes, memoryOptions, `the snapshot ${JSON.stringify(path)}`));
}
