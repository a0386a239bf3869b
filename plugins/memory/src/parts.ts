import type { AiworkError } from '@aiwork/core';
import { admitDoc } from './admission.ts';
import { createDocumentIndex, type DocumentIndex } from './document-index.ts';
import { type MemoryOptions, type Settings, settingsFrom } from './options.ts';
import { invalidArgument } from './refusals.ts';
import {
  decodeSnapshot,
  encodeSnapshot,
  type SavedVectors,
  type SnapshotContent,
  type SnapshotHeader,
} from './snapshot.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';
import type { VectorSettings } from './vector-options.ts';
import { createVectorTable, type VectorTable } from './vectors/vector-table.ts';

/** What the index and the memory both stand on. */
export interface Parts {
  readonly settings: Settings;
  /** Has every document. */
  readonly index: DocumentIndex;
  /** Has the vectors of those that have one. */
  readonly table: VectorTable | undefined;
}

export function createParts(settings: Settings): Parts {
  return { settings, index: createDocumentIndex(settings.ranking), table: tableOf(settings) };
}

const tableOf = ({ vectors }: Settings) => vectors && createVectorTable(vectors);

export function snapshotOf({ settings, index, table }: Parts): Generator<Uint8Array> {
  const { ranking, tokenizer, vectors } = settings;
  const content = index.content();
  function* withVectors() {
    for (const entry of content.entries) yield { ...entry, vector: table?.get(entry.doc.id) };
  }
  return encodeSnapshot(
    { ...content, entries: withVectors() },
    {
      ranking: ranking.options,
      tokenizer: tokenizer.id,
      ...(vectors && { vectors: savedVectorsOf(vectors) }),
    },
  );
}

function savedVectorsOf({ dimensions, similarity, embedder }: VectorSettings): SavedVectors {
  return { dimensions, similarity, ...(embedder && { model: embedder.id }) };
}

/** The tokenizer the snapshot was made with, as far as this package can make it. */
function tokenizerOf(header: SnapshotHeader, what: string): Tokenizer {
  const rules = /^aiwork-words-\d+;diacritics=(fold|keep);unicode=/.exec(header.tokenizer);
  if (rules !== null) return createTokenizer({ diacritics: rules[1] as 'fold' | 'keep' });
  throw invalidArgument(
    `${what} was made with the tokenizer ${JSON.stringify(header.tokenizer)}: pass that tokenizer, or another one to index the texts anew`,
  );
}

/** What is not said when it is loaded is as it was. */
function vectorOptionsOf(options: MemoryOptions, { vectors: saved }: SnapshotHeader) {
  if (!saved) return options.vectors;
  const { similarity } = saved;
  return options.vectors ? { similarity, ...options.vectors } : { similarity, dimensions: saved.dimensions };
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

function otherVectors(saved: SavedVectors, wanted: VectorSettings, what: string): AiworkError {
  return invalidArgument(
    `${what} has vectors of ${saved.dimensions} numbers for ${saved.similarity} similarity, and ${wanted.dimensions} for ${wanted.similarity} are asked for: leave \`dimensions\` and \`similarity\` out, or give an embedder to make them anew`,
  );
}

/**
 * Texts are cut anew when the rules changed since, be it by another tokenizer or by another release of Unicode. Documents
 * whose vectors cannot be used are left without.
 */
export function loadParts(bytes: Uint8Array, options: MemoryOptions, what: string): Parts {
  const { header, content } = decodeSnapshot(bytes, what);
  const vectors = vectorOptionsOf(options, header);
  const settings = settingsFrom({
    ...options,
    ranking: options.ranking ?? header.ranking,
    tokenizer: options.tokenizer ?? tokenizerOf(header, what),
    ...(vectors && { vectors }),
  });
  const entries = Array.from(content.entries, (entry, i) => ({
    ...entry,
    doc: admitDoc(entry.doc, `docs[${i}]`, { maxTextBytes: Number.POSITIVE_INFINITY }).doc,
  }));
  const parts = { ...createParts(settings), index: indexOf(settings, header, { ...content, entries }) };
  if (parts.table && header.vectors && settings.vectors) {
    const isUsed = isUsable(header.vectors, settings.vectors);
    if (!isUsed && settings.vectors.embedder === undefined)
      throw otherVectors(header.vectors, settings.vectors, what);
    if (isUsed) for (const { doc, vector } of entries) if (vector) parts.table.set(doc.id, vector);
  }
  return parts;
}

function indexOf(settings: Settings, header: SnapshotHeader, content: SnapshotContent): DocumentIndex {
  if (settings.tokenizer.id === header.tokenizer) return createDocumentIndex(settings.ranking, content);
  const index = createDocumentIndex(settings.ranking);
  index.upsert(
    Array.from(content.entries, ({ doc }) => ({ doc, tokens: settings.tokenizer.tokenize(doc.text) })),
  );
  return index;
}
