import { memoryContract, type Subject } from '@aiwork/contract-tests';
import { contractTests } from '@aiwork/contract-tests/vitest';
import type { Memory } from '@aiwork/core';
import { createMemory } from './lexical-memory.ts';
import type { RankingOptions } from './ranking.ts';

const subject = (name: string, ranking: RankingOptions): Subject<Memory> => ({
  name,
  provides: { 'second-client': { skipped: 'two memories in one process share nothing' } },
  open: () => createMemory({ ranking, maxTextBytes: 65_536 }),
});

contractTests(memoryContract, 'BM25', () => subject('BM25', { kind: 'bm25' }));
contractTests(memoryContract, 'TF-IDF', () => subject('TF-IDF', { kind: 'tfidf' }));
