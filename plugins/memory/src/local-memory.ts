import type { CallOptions } from '@aiwork/core';
import { checkSignal } from '@aiwork/core/adapter-kit';
import { embedMissing } from './embed-missing.ts';
import { type LocalMemory, memoryOf } from './memory-of.ts';
import { type MemoryOptions, settingsFrom } from './options.ts';
import { createParts, type Parts } from './parts.ts';
import { type FilePath, pathOf } from './storage/file-path.ts';
import { loadParts, ownCopy } from './storage/load-parts.ts';
import { readWholeFile } from './storage/snapshot-file.ts';

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
  if (from instanceof Uint8Array) return loadParts(ownCopy(from), { options, what: 'the snapshot' });
  const path = await pathOf(from);
  const bytes = await readWholeFile(path, { signal });
  return loadParts(bytes, { options, what: `the snapshot ${JSON.stringify(path)}` });
}
