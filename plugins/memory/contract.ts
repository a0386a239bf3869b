import { defineSubject, embedded, memoryContract } from '@aiwork/contract-tests';
import { createMemory } from './src/local-memory.ts';
import type { MemoryOptions } from './src/options.ts';

const subject = (name: string, options: MemoryOptions) =>
  defineSubject({
    contract: memoryContract,
    name,
    package: new URL('./package.json', import.meta.url),
    service: embedded,
    secondClient: { skipped: 'two memories in one process share nothing' },
    open: () => createMemory({ ...options, maxTextBytes: 65_536 }),
  });

export default [
  subject('BM25', { ranking: { kind: 'bm25' } }),
  subject('TF-IDF', { ranking: { kind: 'tfidf' } }),
  subject('vectors', { vectors: { dimensions: 5 } }),
  subject('vectors, approximate', { vectors: { dimensions: 5, similarity: 'dot', search: 'approximate' } }),
];
