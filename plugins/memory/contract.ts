import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContractRun, defineSubject, embedded, memoryContract } from '@aiwork/contract-tests';
import type { Memory } from '@aiwork/core';
import { createMemory } from './src/local-memory.ts';
import { openMemory } from './src/open-memory.ts';
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

/** A file for each namespace, in a folder of its own. */
const inFiles = (name: string, options: MemoryOptions): ContractRun<Memory> => ({
  contract: memoryContract,
  name,
  package: new URL('./package.json', import.meta.url),
  subject() {
    const folder = mkdtempSync(join(tmpdir(), 'aiwork-memory-contract-'));
    const fileOf = (namespace: string) => join(folder, createHash('sha256').update(namespace).digest('hex'));
    return {
      service: embedded,
      secondClient: { skipped: 'one client at a time has a file open' },
      open: ({ namespace }) => openMemory(fileOf(namespace), { ...options, maxTextBytes: 65_536 }),
      close: async () => rmSync(folder, { recursive: true }),
    };
  },
});

export default [
  subject('BM25', { ranking: { kind: 'bm25' } }),
  subject('TF-IDF', { ranking: { kind: 'tfidf' } }),
  subject('vectors', { vectors: { dimensions: 5 } }),
  subject('vectors, approximate', { vectors: { dimensions: 5, similarity: 'dot', search: 'approximate' } }),
  inFiles('in a file', {}),
  inFiles('in a file, with vectors', { vectors: { dimensions: 5 } }),
];
