import { defineSubject, embedded, embedderContract } from '@aiwork/contract-tests';
import { countingEncoder } from './src/engine/counting-encoder.fixture.ts';
import { createEmbedder, type EmbedderOptions } from './src/engine/create-embedder.ts';
import type { Encoder } from './src/engine/encoder.ts';

const subject = (name: string, options: EmbedderOptions, changes: Partial<Encoder> = {}) =>
  defineSubject({
    contract: embedderContract,
    name,
    package: new URL('./package.json', import.meta.url),
    service: embedded,
    open: () => createEmbedder(countingEncoder(changes), { maxTexts: 256, ...options }),
  });

export default [
  subject('engine', {}),
  subject('engine without a cache', { cacheEntries: 0 }),
  subject('engine of two batches at a time', { maxBatchTokens: 64 }, { concurrency: 2 }),
  subject('engine with prompts', {}, { prompts: { query: 'query: ', document: 'passage: ' } }),
];
