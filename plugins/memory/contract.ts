import { defineSubject, embedded, memoryContract } from '@aiwork/contract-tests';
import { createMemory } from './src/lexical-memory.ts';
import type { RankingOptions } from './src/ranking.ts';

const subject = (name: string, ranking: RankingOptions) =>
  defineSubject({
    contract: memoryContract,
    name,
    package: new URL('./package.json', import.meta.url),
    service: embedded,
    secondClient: { skipped: 'two memories in one process share nothing' },
    open: () => createMemory({ ranking, maxTextBytes: 65_536 }),
  });

export default [subject('BM25', { kind: 'bm25' }), subject('TF-IDF', { kind: 'tfidf' })];
