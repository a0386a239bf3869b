import type { CheckedDoc } from './admission.ts';
import { type AdmittedDoc, createDocumentIndex, type DocumentIndex } from './document-index.ts';
import type { Settings } from './options.ts';
import { createVectorTable, type VectorTable } from './vectors/vector-table.ts';

/** What the index and the memory both stand on. */
export interface Parts {
  readonly settings: Settings;
  /** Has every document. */
  readonly index: DocumentIndex;
  /** Has the vectors of those that have one. */
  readonly table: VectorTable | undefined;
}

/** A document with everything that is made of it before it is taken. */
export interface PreparedDoc extends AdmittedDoc, CheckedDoc {}

export function createParts(
  settings: Settings,
  index: DocumentIndex = createDocumentIndex(settings.ranking),
): Parts {
  return { settings, index, table: settings.vectors && createVectorTable(settings.vectors) };
}

/** There is room for their vectors: what can fail was done before. */
export function upsertInto({ index, table }: Parts, docs: readonly PreparedDoc[]): void {
  index.upsert(docs);
  for (const { doc, vector } of docs) {
    if (vector) table?.set(doc.id, vector);
    else table?.delete(doc.id);
  }
}

/** How many there were. */
export function deleteFrom({ index, table }: Parts, ids: Iterable<string>): number {
  const gone = [...ids];
  for (const id of gone) table?.delete(id);
  return index.delete(gone);
}
