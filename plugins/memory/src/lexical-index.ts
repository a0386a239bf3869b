import { type MemoryDoc, type MemoryHit, type MemoryQuery, UnsupportedCapabilityError } from '@aiwork/core';
import { admitDocs, admitIds, admitQuery } from './admission.ts';
import { type LexicalOptions, lexicalSettingsFrom } from './options.ts';
import { createParts, deleteFrom, type Parts, upsertInto } from './parts.ts';
import { loadParts, ownCopy } from './storage/load-parts.ts';
import { snapshotBytes } from './storage/snapshot-of.ts';
import { atOnce } from './turns.ts';

/**
 * The index by itself: synchronous, for code that needs no adapter. It checks its arguments as `createMemory`'s does and gives
 * the same hits.
 *
 * @since 0.1.0
 */
export interface LexicalIndex {
  /** How many documents there are. */
  readonly size: number;
  /** Adds documents, or replaces those of the same id whole. A batch with an invalid document has no effect. */
  upsert(docs: readonly MemoryDoc[]): void;
  /** How many of `ids` were there and are deleted now. */
  delete(ids: readonly string[]): number;
  /** Best hits first; equal scores by id (code units). */
  search(query: MemoryQuery): MemoryHit[];
  /** Everything, as bytes for `loadLexicalIndex` or `loadMemory`. */
  toSnapshot(): Uint8Array;
}

function indexOf(parts: Parts): LexicalIndex {
  const { settings, index } = parts;
  const { tokenizer, maxTextBytes } = settings;

  function compactIfWasteful(): void {
    if (index.isWasteful) atOnce(index.compact());
  }

  return {
    get size() {
      return index.size;
    },
    upsert(docs) {
      const admitted = admitDocs(docs, { maxTextBytes });
      const prepared = admitted.map((each) => ({ ...each, tokens: tokenizer.tokenize(each.doc.text) }));
      atOnce(upsertInto(parts, prepared));
      compactIfWasteful();
    },
    delete(ids) {
      const deleted = atOnce(deleteFrom(parts, admitIds(ids)));
      compactIfWasteful();
      return deleted;
    },
    search(query) {
      const { text = '', topK, minScore = 0, fits } = admitQuery(query, { maxTextBytes });
      return index.search({
        tokens: tokenizer.tokenize(text),
        topK,
        minScore,
        accepts: fits && ((doc) => fits(doc.metadata)),
      });
    },
    toSnapshot: () => snapshotBytes(parts),
  };
}

const lexical = (options: LexicalOptions) => ({ ...lexicalSettingsFrom(options), vectors: undefined });

/**
 * Makes an empty index of documents that are found by their words: BM25 or TF-IDF, exact to the last hit.
 *
 * @example
 * ```ts
 * import { createLexicalIndex } from '@aiwork/memory';
 *
 * const index = createLexicalIndex();
 * index.upsert([
 *   { id: 'fox', text: 'The quick brown fox', metadata: { legs: 4 } },
 *   { id: 'ant', text: 'A brown ant', metadata: { legs: 6 } },
 * ]);
 * const hits = index.search({ text: 'brown', topK: 5, filter: { legs: { $lt: 5 } } });
 * console.log(hits.map((hit) => hit.id)); // ['fox']
 * ```
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` when an option cannot be used. The methods throw it too for arguments that
 * break the contract, `AIWORK_LIMIT_EXCEEDED` above a limit (id 512 characters, text `maxTextBytes`, metadata 65,536 bytes of
 * JSON, `topK` 1000), `AIWORK_NOT_SERIALIZABLE` for metadata that is not JSON data and `AIWORK_UNSUPPORTED_CAPABILITY` for
 * vectors; what throws has had no effect.
 * @since 0.1.0
 */
export function createLexicalIndex(options: LexicalOptions = {}): LexicalIndex {
  return indexOf(createParts(lexical(options)));
}

/**
 * The index a snapshot was made of. Ranking and tokenizer are the snapshot's unless given; a different tokenizer makes it
 * cut and index the texts anew.
 *
 * @example
 * ```ts
 * import { createLexicalIndex, loadLexicalIndex } from '@aiwork/memory';
 *
 * const index = createLexicalIndex();
 * index.upsert([{ id: 'a', text: 'kept for later' }]);
 * const again = loadLexicalIndex(index.toSnapshot());
 * console.log(again.search({ text: 'later', topK: 1 })[0]?.id); // a
 * ```
 * @throws AiworkError `AIWORK_CORRUPT_DATA` when the bytes are damaged, cut off, of a newer version or no snapshot;
 * `AIWORK_INVALID_ARGUMENT` when an option cannot be used or the snapshot's own tokenizer has to be passed;
 * `AIWORK_UNSUPPORTED_CAPABILITY` when it has vectors.
 * @since 0.1.0
 */
export function loadLexicalIndex(bytes: Uint8Array, options: LexicalOptions = {}): LexicalIndex {
  const parts = loadParts(ownCopy(bytes), { options, what: 'the snapshot' });
  if (parts.table === undefined) return indexOf(parts);
  throw new UnsupportedCapabilityError(
    'the snapshot has vectors, which this index does not: use loadMemory()',
  );
}
