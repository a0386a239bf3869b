import { stat } from 'node:fs/promises';
import type { MemoryDoc, MemoryQuery } from '@aiwork/core';
import { createMemory, type LocalMemory, loadMemory } from '@aiwork/memory';
import { type CorpusOptions, makeCorpus } from '../corpus.ts';
import { makeVectors, type VectorCorpusOptions } from '../vectors/vector-corpus.ts';

// Each function is called in a process of its own.

const batch = 1000;

/** Indexes documents and saves them; gives what the query finds. */
async function written(
  memory: LocalMemory,
  documents: readonly MemoryDoc[],
  { file, query }: { readonly file: string; readonly query: Pick<MemoryQuery, 'text' | 'vector'> },
) {
  const began = performance.now();
  for (let from = 0; from < documents.length; from += batch)
    await memory.upsert(documents.slice(from, from + batch));
  const indexMs = performance.now() - began;
  const saving = performance.now();
  await memory.save(file);
  const saveMs = performance.now() - saving;
  const { size } = await stat(file);
  return { indexMs, saveMs, bytes: size, hits: await memory.search({ ...query, topK: 10 }) };
}

/** Saves the texts of a corpus. */
export async function writeTexts(file: string, corpus: CorpusOptions) {
  const { documents, queries } = makeCorpus(corpus);
  const query = queries[0] ?? '';
  await using memory = createMemory();
  return { query, ...(await written(memory, documents, { file, query: { text: query } })) };
}

/** Saves vectors, without texts. */
export async function writeVectors(file: string, corpus: VectorCorpusOptions) {
  const { vectors, queries } = makeVectors(corpus);
  const query = Array.from(queries[0] ?? []);
  const documents = vectors.map((vector, n) => ({ id: `${n}`, text: '', vector }));
  await using memory = createMemory({ vectors: { dimensions: corpus.dimensions } });
  const vector = Float32Array.from(query);
  return { query, ...(await written(memory, documents, { file, query: { vector } })) };
}

/** Opens what was written, and searches it for the first time: by words, or by the numbers of a vector. */
export async function open(file: string, query: string | readonly number[]) {
  const by = typeof query === 'string' ? { text: query } : { vector: Float32Array.from(query) };
  const began = performance.now();
  await using memory = await loadMemory(file);
  const openMs = performance.now() - began;
  const hits = await memory.search({ ...by, topK: 10 });
  return { openMs, searchMs: performance.now() - began - openMs, hits };
}
