import type { Embedder, Embeddings, EmbedOptions } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import type { Random } from '../../engine/random.ts';

/** Texts of many lengths, some of them twice: what is put together in a batch has to be told apart again. */
export const mixedTexts: readonly string[] = [
  'rain',
  'The harbour master wrote down every ship that came in before noon.',
  'a',
  'rain',
  'How do I return a pair of shoes that I bought last week and have already worn once outside?',
  'Zürich',
  'rain in the harbour',
  'The harbour master wrote down every ship that came in before noon.',
];

/** The vector of one text, asked for by itself. */
export async function vectorOf(
  embedder: Embedder,
  text: string,
  options?: EmbedOptions,
): Promise<Float32Array> {
  const { vectors } = await embedder.embed([text], options);
  return vectors[0] ?? new Float32Array();
}

/** The vectors of texts, each asked for by itself, one after the other. */
export async function vectorsAlone(
  embedder: Embedder,
  texts: readonly string[],
): Promise<readonly Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (const text of texts) vectors.push(await vectorOf(embedder, text));
  return vectors;
}

/** All vectors of texts, in calls of as many as the embedder takes. */
export async function embedAll(embedder: Embedder, texts: readonly string[]): Promise<Embeddings> {
  const { maxTexts } = embedder.capabilities;
  const all: { vectors: Float32Array[]; tokens: number; truncated: number[] } = {
    vectors: [],
    tokens: 0,
    truncated: [],
  };
  for (let start = 0; start < texts.length; start += maxTexts) {
    const { vectors, tokens, truncated } = await embedder.embed(texts.slice(start, start + maxTexts));
    all.vectors.push(...vectors);
    all.tokens += tokens;
    all.truncated.push(...truncated.map((index) => start + index));
  }
  return all;
}

/** The largest difference between components of two vectors; infinite where they cannot be compared. */
export function differenceOf(one: Float32Array, other: Float32Array): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY;
  const differences = one.map((component, i) => Math.abs(component - (other[i] ?? Number.NaN)));
  const largest = differences.reduce((most, difference) => Math.max(most, difference), 0);
  return Number.isNaN(largest) ? Number.POSITIVE_INFINITY : largest;
}

/** The items in another order. */
export function shuffled<T>(random: Random, items: Iterable<T>): readonly T[] {
  return Array.from(items, (item) => ({ item, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** `seen` has to be `expected`, as far as the embedder says. */
export function sameVector(
  t: CheckContext<Embedder>,
  seen: Float32Array | undefined,
  expected: Float32Array | undefined,
  what: string,
): void {
  const { tolerance } = t.capabilities;
  const difference = seen && expected ? differenceOf(seen, expected) : Number.POSITIVE_INFINITY;
  t.that(difference <= tolerance, `${what} to differ by ${tolerance} at most`, difference);
}
