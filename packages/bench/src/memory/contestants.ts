import type { RankingKind } from './exhaustive.ts';

/** A library that searches words. */
export interface Contestant {
  readonly name: string;
  /** Of `subjects`. */
  readonly module: string;
  /** Ours: what its hits have to equal. */
  readonly exactly?: RankingKind;
}

export const ours = '@aiwork/memory, BM25';
export const oursBehindPromises = '@aiwork/memory, BM25 behind promises';
export const miniSearch = 'MiniSearch';
export const flexSearch = 'FlexSearch, suggest';

export const contestants: readonly Contestant[] = [
  { name: ours, module: 'aiwork-bm25', exactly: 'bm25' },
  { name: '@aiwork/memory, TF-IDF', module: 'aiwork-tfidf', exactly: 'tfidf' },
  { name: oursBehindPromises, module: 'aiwork-async', exactly: 'bm25' },
  { name: miniSearch, module: 'minisearch' },
  { name: flexSearch, module: 'flexsearch' },
  { name: 'Orama', module: 'orama' },
];

export const subjectUrl = ({ module }: Contestant): string =>
  new URL(`./subjects/${module}.ts`, import.meta.url).href;
