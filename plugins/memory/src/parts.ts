import type { CheckedDoc } from './admission.ts';
import { type AdmittedDoc, createDocumentIndex, type DocumentIndex } from './document-index.ts';
import type { Settings } from './options.ts';
import type { Steps } from './turns.ts';
import { createVectorTable, type StoredVectors, type VectorTable } from './vectors/vector-table.ts';

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
  vectors?: StoredVectors,
): Parts {
  return { settings, index, table: settings.vectors && createVectorTable(settings.vectors, vectors) };
}

/** There is room for their vectors: what can fail was done before. Nobody may look before the last step. */
export function* upsertInto({ index, table }: Parts, docs: readonly PreparedDoc[]): Steps {
  for (const each of docs) {
    index.put(each);
    if (each.vector) table?.set(each.doc.id, each.vector);
    else table?.delete(each.doc.id);
    yield;
  }
}

/** Gives how many there were. Nobody may look before the last step. */
export function* deleteFrom({ index, table }: Parts, ids: Iterable<string>): Steps<number> {
  let deleted = 0;
  for (const id of ids) {
    table?.delete(id);
    if (index.delete(id)) deleted += 1;
    yield;
  }
  return deleted;
}
