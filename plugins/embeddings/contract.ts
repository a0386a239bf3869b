import { defineSubject, embedded, embedderContract } from '@aiwork/contract-tests';
import type { Embedder } from '@aiwork/core';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { countingEncoder } from './src/engine/counting-encoder.fixture.ts';
import { createEmbedder, type EmbedderOptions } from './src/engine/create-embedder.ts';
import type { Encoder } from './src/engine/encoder.ts';
import { createServedModels } from './src/engine/served-models.ts';
import { loadEmbedder } from './src/load-embedder.ts';
import { lettersModel } from './test/letters-model.fixture.ts';

const subject = (name: string, open: () => Embedder | Promise<Embedder>) =>
  defineSubject({
    contract: embedderContract,
    name,
    package: new URL('./package.json', import.meta.url),
    service: embedded,
    open,
  });

const engine = (name: string, options: EmbedderOptions, changes: Partial<Encoder> = {}) =>
  subject(name, () => createEmbedder(countingEncoder(changes), { maxTexts: 256, ...options }));

const runtime = createOnnxRuntime();
const path = await lettersModel();

export default [
  subject('a model on ONNX Runtime', () => loadEmbedder(path, { runtime, threads: 1, maxTexts: 64 })),
  engine('without a cache', { cacheEntries: 0 }),
  engine('two batches at a time', { maxBatchTokens: 64 }, { concurrency: 2 }),
  engine('with prompts', {}, { prompts: { query: 'query: ', document: 'passage: ' } }),
  subject('a view of served models', () =>
    createServedModels({ counting: createEmbedder(countingEncoder(), { maxTexts: 256 }) }).embedder(),
  ),
];
