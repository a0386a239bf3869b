import type { Embedder } from '@aiwork/core';
import { invalidArgument, shown, vectorDimensions } from '@aiwork/core/adapter-kit';
import { createFusion, type Fusion, type FusionOptions } from './fusion.ts';
import type { Similarity } from './vectors/similarity.ts';

/** How documents are found by vector. @since 0.1.0 */
export interface VectorOptions {
  /** Numbers in a vector, 1 to 8192. Default: as many as the embedder gives. */
  readonly dimensions?: number;
  /** Makes the vectors of documents that come without one, and of queries. Without it, callers give them. */
  readonly embedder?: Embedder;
  /** Default `'cosine'`. */
  readonly similarity?: Similarity;
  /**
   * `'exact'` (default): the nearest, for certain. `'approximate'`: the nearest of so many candidates (180 unless given,
   * to 100,000) whose vectors have the most signs in common with the query's, several times as fast.
   */
  readonly search?: 'exact' | 'approximate' | { readonly candidates: number };
  /** How what words find and what vectors find becomes one list. Default: reciprocal rank fusion. */
  readonly fusion?: FusionOptions;
}

/** Options with every default filled in. */
export interface VectorSettings {
  readonly dimensions: number;
  readonly embedder: Embedder | undefined;
  /** `id` of the embedder that made the vectors there are. */
  readonly model: string | undefined;
  readonly similarity: Similarity;
  readonly candidates: number | undefined;
  readonly fusion: Fusion;
}

const maxDimensions = 8192;
const maxCandidates = 100_000;

export function vectorSettingsFrom(options: VectorOptions): VectorSettings {
  const { embedder, similarity = 'cosine' } = options;
  if (similarity !== 'cosine' && similarity !== 'dot')
    throw invalidArgument(`vectors.similarity is ${shown(similarity)}: use 'cosine' or 'dot'`);
  return {
    dimensions: vectorDimensions(options, maxDimensions),
    embedder,
    model: embedder?.id,
    similarity,
    candidates: candidatesOf(options.search),
    fusion: createFusion(options.fusion),
  };
}

function candidatesOf(search: VectorOptions['search'] = 'exact'): number | undefined {
  if (search === 'exact') return undefined;
  if (search === 'approximate') return 180;
  if (typeof search !== 'object' || search === null)
    throw invalidArgument(
      `vectors.search is ${shown(search)}: use 'exact', 'approximate' or an object with \`candidates\``,
    );
  const { candidates } = search;
  if (Number.isInteger(candidates) && candidates >= 1 && candidates <= maxCandidates) return candidates;
  throw invalidArgument(
    `vectors.search.candidates is ${shown(candidates)}: use a whole number from 1 to ${maxCandidates}`,
  );
}
