import { defineSubject, embedded, memoryContract } from '@aiwork/contract-tests';
import { contractTests } from '@aiwork/contract-tests/vitest';
import { createMemory } from './lexical-memory.ts';
import type { RankingOptions } from './ranking.ts';

const subject = (name: string, ranking: RankingOptions) =>
  defineSubject({
    contract: memoryContract,
    name,
    service: embedded,
    secondClient: { skipped: 'two memories in one process share nothing' },
    open: () => createMemory({ ranking, maxTextBytes: 65_536 }),
  });

contractTests([subject('BM25', { kind: 'bm25' }), subject('TF-IDF', { kind: 'tfidf' })]);
