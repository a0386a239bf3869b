import type { MemoryDoc, MemoryHit, MemoryQuery } from '@aiwork/core';
import { admitDoc, admitDocs, admitIds, admitQuery } from './admission.ts';
import { createDocumentIndex, type DocumentIndex, type IndexContent } from './document-index.ts';
import { type MemoryOptions, type Settings, settingsFrom } from './options.ts';
import { invalidArgument } from './refusals.ts';
import { decodeSnapshot, encodeSnapshot, type SnapshotHeader } from './snapshot.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';

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

/** The parts that the index and the memory both stand on. */
export interface LexicalParts {
  readonly settings: Settings;
  readonly index: DocumentIndex;
}

export function searchIn({ settings, index }: LexicalParts, query: MemoryQuery): MemoryHit[] {
  const { text, topK, minScore, fits } = admitQuery(query, settings.maxTextBytes);
  return index.search({
    tokens: settings.tokenizer.tokenize(text),
    topK,
    minScore,
    accepts: fits && ((doc) => fits(doc.metadata)),
  });
}

export function snapshotOf({ settings, index }: LexicalParts): Generator<Uint8Array> {
  return encodeSnapshot(index.content(), {
    ranking: settings.ranking.options,
    tokenizer: settings.tokenizer.id,
  });
}

function indexOf(parts: LexicalParts): LexicalIndex {
  const { settings, index } = parts;
  return {
    get size() {
      return index.size;
    },
    upsert(docs) {
      const admitted = admitDocs(docs, settings.maxTextBytes);
      index.upsert(admitted.map((doc) => ({ doc, tokens: settings.tokenizer.tokenize(doc.text) })));
    },
    delete: (ids) => index.delete(admitIds(ids)),
    search: (query) => searchIn(parts, query),
    toSnapshot: () => Buffer.concat([...snapshotOf(parts)]),
  };
}

export function createParts(options: MemoryOptions): LexicalParts {
  const settings = settingsFrom(options);
  return { settings, index: createDocumentIndex(settings.ranking) };
}

/** The tokenizer the snapshot was made with, as far as this package can make it. */
function tokenizerOf(header: SnapshotHeader, what: string): Tokenizer {
  const rules = /^aiwork-words-\d+;diacritics=(fold|keep);/.exec(header.tokenizer);
  if (rules !== null) return createTokenizer({ diacritics: rules[1] as 'fold' | 'keep' });
  throw invalidArgument(
    `${what} was made with the tokenizer ${JSON.stringify(header.tokenizer)}: pass that tokenizer, or another one to index the texts anew`,
  );
}

/** Texts are cut anew when the rules changed since, be it by another tokenizer or by another release of Unicode. */
function fill(settings: Settings, content: IndexContent, isCurrent: boolean): DocumentIndex {
  const entries = Array.from(content.entries, (entry, i) => {
    return { ...entry, doc: admitDoc(entry.doc, `docs[${i}]`, Number.POSITIVE_INFINITY) };
  });
  if (isCurrent) return createDocumentIndex(settings.ranking, { ...content, entries });
  const index = createDocumentIndex(settings.ranking);
  index.upsert(entries.map(({ doc }) => ({ doc, tokens: settings.tokenizer.tokenize(doc.text) })));
  return index;
}

export function loadParts(bytes: Uint8Array, options: MemoryOptions, what: string): LexicalParts {
  const { header, content } = decodeSnapshot(bytes, what);
  const settings = settingsFrom({
    ...options,
    ranking: options.ranking ?? header.ranking,
    tokenizer: options.tokenizer ?? tokenizerOf(header, what),
  });
  return { settings, index: fill(settings, content, settings.tokenizer.id === header.tokenizer) };
}

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
export function createLexicalIndex(options: MemoryOptions = {}): LexicalIndex {
  return indexOf(createParts(options));
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
 * `AIWORK_INVALID_ARGUMENT` when an option cannot be used or the snapshot's own tokenizer has to be passed.
 * @since 0.1.0
 */
export function loadLexicalIndex(bytes: Uint8Array, options: MemoryOptions = {}): LexicalIndex {
  return indexOf(loadParts(bytes, options, 'the snapshot'));
}
