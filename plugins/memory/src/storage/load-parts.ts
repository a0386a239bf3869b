import { isDeepStrictEqual } from 'node:util';
import { AiworkError } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import { createDocumentIndex } from '../document-index.ts';
import { type MemoryOptions, type Settings, settingsFrom } from '../options.ts';
import { createParts, deleteFrom, type Parts, upsertInto } from '../parts.ts';
import { createTokenizer, type Tokenizer } from '../tokenizer.ts';
import { atOnce, type Steps } from '../turns.ts';
import type { VectorSettings } from '../vector-options.ts';
import { type Change, decodeChange } from './changes.ts';
import { type ColumnFile, decodeColumns } from './columns.ts';
import { wrongContent } from './damage.ts';
import { decodeJournal, type Journal } from './journal.ts';
import { decodeOldSnapshot } from './old-snapshot.ts';
import { version, versionOf } from './opening.ts';
import { haveCodes, type VectorsInFile, vectorsIn } from './saved-vectors.ts';
import type { SavedVectors, SnapshotHeader } from './snapshot-header.ts';
import { headerOf, type SnapshotAbout } from './snapshot-of.ts';
import { storedSegmentIn } from './stored-segment.ts';

/** A snapshot that was read. */
export interface Loaded {
  readonly parts: Parts;
  readonly header: SnapshotHeader;
  /** Whether a snapshot that is written now would say the same of itself. */
  readonly isCurrent: boolean;
  readonly mark: Uint8Array;
  /** Where the snapshot ends. */
  readonly end: number;
  readonly journal: Journal;
}

/** The tokenizer the snapshot was made with, as far as this package can make it. */
function tokenizerOf(header: SnapshotHeader, what: string): Tokenizer {
  const rules = /^aiwork-words-\d+;diacritics=(fold|keep);unicode=/.exec(header.tokenizer);
  if (rules !== null) return createTokenizer({ diacritics: rules[1] === 'keep' ? 'keep' : 'fold' });
  throw invalidArgument(
    `${what} was made with the tokenizer ${JSON.stringify(header.tokenizer)}: pass that tokenizer, or another one to index the texts anew`,
  );
}

/** What is not said when it is loaded is as it was. */
function settingsOf(options: MemoryOptions, header: SnapshotHeader, what: string): Settings {
  const saved = header.vectors && { similarity: header.vectors.similarity };
  const vectors = options.vectors
    ? { ...saved, ...options.vectors }
    : header.vectors && { ...saved, dimensions: header.vectors.dimensions };
  const settings = settingsFrom({
    ...options,
    ranking: options.ranking ?? header.ranking,
    tokenizer: options.tokenizer ?? tokenizerOf(header, what),
    ...(vectors && { vectors }),
  });
  const model = settings.vectors?.model ?? header.vectors?.model;
  return { ...settings, vectors: settings.vectors && { ...settings.vectors, model } };
}

/** Whether the saved vectors can be searched by what is asked for now. */
function isUsable(saved: SavedVectors, { dimensions, similarity, embedder }: VectorSettings): boolean {
  return (
    saved.dimensions === dimensions &&
    // Of the cosine, vectors are kept without their lengths.
    (saved.similarity === similarity || saved.similarity === 'dot') &&
    (embedder === undefined || saved.model === undefined || saved.model === embedder.id)
  );
}

/** @throws AiworkError `AIWORK_INVALID_ARGUMENT` when they are not, and nobody can make others. */
function areVectorsUsed({ vectors: saved }: SnapshotHeader, { vectors }: Settings, what: string): boolean {
  if (!saved || !vectors) return false;
  const isUsed = isUsable(saved, vectors);
  if (isUsed || vectors.embedder !== undefined) return isUsed;
  throw invalidArgument(
    `${what} has vectors of ${saved.dimensions} numbers for ${saved.similarity} similarity, and ${vectors.dimensions} for ${vectors.similarity} are asked for: leave \`dimensions\` and \`similarity\` out, or give an embedder to make them anew`,
  );
}

function partsIn(file: ColumnFile<SnapshotAbout>, options: MemoryOptions, what: string): Parts {
  const header = file.about;
  const settings = settingsOf(options, header, what);
  const stored = storedSegmentIn(file, {
    prefix: header.prefix,
    isSameRanking: settings.ranking.options.kind === header.ranking.kind,
    what,
  });
  const index = createDocumentIndex(settings.ranking, stored);
  const saved = areVectorsUsed(header, settings, what) ? header.vectors : undefined;
  const vectors = saved && vectorsIn(file, { dimensions: saved.dimensions, ids: stored.idOrder.ids, what });
  const isCoded = saved !== undefined && haveCodes(saved, settings);
  const parts = createParts(
    settings,
    settings.tokenizer.id === header.tokenizer ? index : undefined,
    vectors && isCoded ? { ...vectors, codes: { rows: vectors.ids.length, file } } : undefined,
  );
  if (parts.index !== index)
    for (const doc of index.docs()) parts.index.put({ doc, tokens: settings.tokenizer.tokenize(doc.text) });
  if (vectors && !isCoded) code(parts, vectors);
  return parts;
}

/** Takes vectors that have no codes, or others than are searched by. */
function code({ table }: Parts, { ids, numbers }: VectorsInFile): void {
  if (!table) return;
  const dimensions = numbers.length / ids.length;
  table.reserve(ids.length);
  for (const [i, id] of ids.entries()) table.set(id, numbers.subarray(i * dimensions, (i + 1) * dimensions));
}

/** Versions 1 and 2 were read whole, and had nothing behind them. */
function partsOfOld(bytes: Buffer, options: MemoryOptions, what: string): Parts {
  const { header, entries } = decodeOldSnapshot(bytes, what);
  const parts = createParts(settingsOf(options, header, what));
  const { tokenizer } = parts.settings;
  const isUsed = areVectorsUsed(header, parts.settings, what);
  const docs = entries.map(({ doc, tokens, vector }) => ({
    doc,
    tokens: tokenizer.id === header.tokenizer ? tokens : tokenizer.tokenize(doc.text),
    vector: isUsed ? vector : undefined,
  }));
  parts.table?.reserve(docs.length);
  atOnce(upsertInto(parts, docs));
  return parts;
}

function readChange(content: Buffer, what: string): Change {
  try {
    return decodeChange(content);
  } catch (cause) {
    throw wrongContent(what, cause);
  }
}

/** What a snapshot is read from, by what. */
export interface LoadOptions {
  readonly options: MemoryOptions;
  /** Names it in errors. */
  readonly what: string;
}

/** Makes the changes of the journal, and says at each step how many of them are made. */
export function* replay({ parts, header, journal }: Loaded, { what }: LoadOptions): Generator<number> {
  const { tokenizer } = parts.settings;
  const isUsed = areVectorsUsed(header, parts.settings, what);
  for (const [done, content] of journal.contents.entries()) {
    for (const _ of changed(readChange(content, what))) yield done;
    if (parts.index.isWasteful) for (const _ of parts.index.compact()) yield done;
    yield done + 1;
  }

  function* changed(change: Change): Steps {
    if (change.kind === 'delete') {
      yield* deleteFrom(parts, change.ids);
      return;
    }
    parts.table?.reserve(change.docs.length);
    const docs = change.docs.map(({ doc, vector }) => ({
      doc,
      tokens: tokenizer.tokenize(doc.text),
      vector: isUsed ? vector : undefined,
    }));
    yield* upsertInto(parts, docs);
  }
}

/**
 * Reads the snapshot at the beginning of `bytes`, which are the memory's own from then on. Texts are cut anew when the rules
 * changed since, be it by another tokenizer or by another release of Unicode. Documents whose vectors cannot be used are left
 * without. What the journal says is not made yet.
 */
export function loadSnapshot(bytes: Buffer, { options, what }: LoadOptions): Loaded {
  if (versionOf(bytes, what) < version) {
    const parts = partsOfOld(bytes, options, what);
    return { parts, header: headerOf(parts.settings), isCurrent: false, ...noJournal, end: bytes.length };
  }
  try {
    const file = decodeColumns<SnapshotAbout>(bytes, what);
    const journal = decodeJournal(bytes, { from: file.end, mark: file.mark, what });
    const parts = partsIn(file, options, what);
    const { prefix: _, ...header } = file.about;
    const isCurrent = isDeepStrictEqual(header, headerOf(parts.settings));
    return { parts, header, isCurrent, mark: file.mark, end: file.end, journal };
  } catch (cause) {
    throw AiworkError.isInstance(cause) ? cause : wrongContent(what, cause);
  }
}

const noJournal = { mark: new Uint8Array(0), journal: { contents: [], end: 0 } };

/** The whole of a snapshot, and of what was written after it. */
export function loadParts(bytes: Buffer, by: LoadOptions): Parts {
  const snapshot = loadSnapshot(bytes, by);
  for (const _ of replay(snapshot, by));
  return snapshot.parts;
}

/** Bytes that nobody else changes, where numbers of 8 bytes can lie. */
export function ownCopy(bytes: Uint8Array): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
