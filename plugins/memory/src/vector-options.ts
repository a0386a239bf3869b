import type { Embedder } from '@aiwork/core';
import { createFusion, type Fusion, type FusionOptions } from './fusion.ts';
import { invalidArgument, shown } from './refusals.ts';
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
   * `'exact'` (default): the nearest, for certain. `'approximate'`: the nearest of so many candidates (200 unless given,
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
    dimensions: dimensionsOf(options),
    embedder,
    model: embedder?.id,
    similarity,
    candidates: candidatesOf(options.search),
    fusion: createFusion(options.fusion),
  };
}

function dimensionsOf({ dimensions, embedder }: VectorOptions): number {
  const given = embedder?.capabilities.dimensions;
  const wanted = dimensions ?? given;
  if (wanted === undefined)
    throw invalidArgument('vectors has neither `dimensions` nor an `embedder`: give one of them');
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > maxDimensions)
    throw invalidArgument(
      `vectors.dimensions is ${shown(wanted)}: use a whole number from 1 to ${maxDimensions}`,
    );
  if (given !== undefined && given !== wanted)
    throw invalidArgument(
      `vectors.dimensions is ${wanted}, and the embedder gives vectors of ${given} numbers: leave \`dimensions\` out`,
    );
  return wanted;
}

function candidatesOf(search: VectorOptions['search'] = 'exact'): number | undefined {
  if (search === 'exact') return undefined;
  if (search === 'approximate') return 200;
  const { candidates } = search;
  if (Number.isInteger(candidates) && candidates >= 1 && candidates <= maxCandidates) return candidates;
  throw invalidArgument(
    `vectors.search.candidates is ${shown(candidates)}: use a whole number from 1 to ${maxCandidates}`,
  );
}
