import type { TestCollection } from './test-collection.ts';

/** Finds the ids of the best documents for each query of a collection, best first. */
export type Rank = (collection: TestCollection, topK: number) => Promise<readonly (readonly string[])[]>;

export interface Ranker {
  readonly name: string;
  readonly rank: Rank;
}
