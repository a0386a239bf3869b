import type { Document } from './corpus.ts';
import type { Hit } from './same-hits.ts';

/** A search over documents. */
export interface Search {
  /** Ids of the best documents, or hits where the subject gives scores. */
  search(
    query: string,
    topK: number,
  ): readonly Hit[] | readonly string[] | Promise<readonly string[] | readonly Hit[]>;
}

export interface MemorySubject {
  /** Indexes all documents. */
  index(documents: readonly Document[]): Promise<Search> | Search;
}
