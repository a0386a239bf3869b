import { stat } from 'node:fs/promises';
import { createMemory, loadMemory } from '@aiwork/memory';
import { type CorpusOptions, makeCorpus } from '../corpus.ts';

// Each function is called in a process of its own.

const batch = 1000;

/** Indexes a corpus and saves it; gives what the query finds. */
export async function write(file: string, corpus: CorpusOptions) {
  const { documents, queries } = makeCorpus(corpus);
  const query = queries[0] ?? '';
  const began = performance.now();
  await using memory = createMemory();
  for (let from = 0; from < documents.length; from += batch)
    await memory.upsert(documents.slice(from, from + batch));
  const indexMs = performance.now() - began;
  const saving = performance.now();
  await memory.save(file);
  const saveMs = performance.now() - saving;
  const { size } = await stat(file);
  return { indexMs, saveMs, bytes: size, query, hits: await memory.search({ text: query, topK: 10 }) };
}

/** Opens what was written, and searches it for the first time. */
export async function open(file: string, query: string) {
  const began = performance.now();
  await using memory = await loadMemory(file);
  const openMs = performance.now() - began;
  const hits = await memory.search({ text: query, topK: 10 });
  return { openMs, searchMs: performance.now() - began - openMs, hits };
}
