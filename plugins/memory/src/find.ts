import type { MemoryDoc, MemoryHit } from '@aiwork/core';
import { invalidArgument, shown } from '@aiwork/core/adapter-kit';
import type { AdmittedQuery } from './admission.ts';
import { diversify } from './diversify.ts';
import { hitOf } from './document-index.ts';
import { bestFirst, type Scored } from './fusion.ts';
import type { Parts } from './parts.ts';
import type { Tolerance } from './related-words.ts';
import { prepared } from './vectors/similarity.ts';

/** How many of each list are put together, or looked at again; of 1000 at most. */
const depthOf = (topK: number) => Math.min(1000, Math.max(100, 4 * topK));

/** What a query finds; `vector` is its own, or what was made of its text. */
export function find(
  parts: Parts,
  query: AdmittedQuery,
  vector: Float32Array | undefined,
): readonly MemoryHit[] {
  const { topK, minScore, weigh, diversity } = query;
  const text = query.by === 'vector' ? undefined : query.text;
  const isReordered = weigh !== undefined || diversity > 0;
  // A list that is put together with another, or in another order, needs more than it gives.
  const isWhole = !isReordered && (text === undefined || vector === undefined);
  const depth = isWhole ? topK : depthOf(topK);
  const least = isWhole ? minScore : undefined;
  const accepts = acceptsOf(parts, query);
  const byText =
    text === undefined ? undefined : findByText(parts, query.tolerance, { text, depth, least, accepts });
  const byVector = vector && findByVector(parts, { vector, depth, least, accepts });
  let hits = byVector ? hitsOf(parts, byText, byVector) : (byText ?? []);
  if (weigh) hits = hits.map((hit) => ({ ...hit, score: hit.score * weightOf(weigh(hit)) })).sort(bestFirst);
  if (minScore !== undefined) hits = hits.filter(({ score }) => score >= minScore);
  return diversity > 0
    ? diversify(hits, { topK, diversity, vectorOf: unitVectorOf(parts) })
    : hits.slice(0, topK);
}

/** Of what vectors find, together with what words do where they were asked, too. */
function hitsOf(
  { settings, index }: Parts,
  byText: readonly Scored[] | undefined,
  byVector: readonly Scored[],
): readonly MemoryHit[] {
  const fused = byText ? (settings.vectors?.fusion(byText, byVector) ?? []) : byVector;
  return fused.flatMap(({ id, score }) => {
    const doc = index.doc(id);
    return doc ? [hitOf(doc, score)] : [];
  });
}

interface Listed {
  readonly depth: number;
  readonly least: number | undefined;
  /** Missing, whatever there is may be found. */
  readonly accepts: ((doc: MemoryDoc) => boolean) | undefined;
}

function acceptsOf(
  { settings }: Parts,
  { fits, phrase }: AdmittedQuery,
): ((doc: MemoryDoc) => boolean) | undefined {
  if (phrase === undefined) return fits && (({ metadata }) => fits(metadata));
  const { tokenizer } = settings;
  const wanted = tokenizer.tokenize(phrase);
  return ({ text, metadata }) => (fits?.(metadata) ?? true) && isWithin(wanted, tokenizer.tokenize(text));
}

function isWithin(wanted: readonly string[], terms: readonly string[]): boolean {
  return terms.some((_, from) => wanted.every((term, i) => term === terms[from + i])) || wanted.length === 0;
}

function findByText(
  { settings, index }: Parts,
  tolerance: readonly Tolerance[],
  { text, depth, least = 0, accepts }: Listed & { readonly text: string },
): readonly MemoryHit[] {
  const tokens = settings.tokenizer.tokenize(text);
  return index.search({ tokens, tolerance, topK: depth, minScore: least, accepts });
}

function findByVector(
  { index, table }: Parts,
  { vector, depth, least = Number.NEGATIVE_INFINITY, accepts }: Listed & { readonly vector: Float32Array },
): readonly Scored[] {
  const isAccepted = (id: string) => {
    const doc = index.doc(id);
    return doc !== undefined && (accepts?.(doc) ?? true);
  };
  return (
    table?.nearest({ vector, topK: depth, minScore: least, accepts: accepts ? isAccepted : () => true }) ?? []
  );
}

function unitVectorOf({ table }: Parts) {
  return (id: string): Float32Array | undefined => {
    const vector = table?.get(id);
    return vector && prepared(vector, 'cosine');
  };
}

function weightOf(weight: unknown): number {
  if (typeof weight === 'number' && weight >= 0 && weight < Number.POSITIVE_INFINITY) return weight;
  throw invalidArgument(`query.weigh gave ${shown(weight)}: return a finite number of 0 or more`);
}
