import type { RankingOptions } from '../ranking.ts';
import type { Similarity } from '../vectors/similarity.ts';
import type { CodesKind } from '../vectors/vector-table.ts';

/** What a snapshot says of itself. */
export interface SnapshotHeader {
  readonly ranking: RankingOptions;
  /** `id` of the tokenizer the terms were made by. */
  readonly tokenizer: string;
  readonly vectors?: SavedVectors;
}

/** What a snapshot says of its vectors. */
export interface SavedVectors {
  readonly dimensions: number;
  readonly similarity: Similarity;
  /** `id` of the embedder that made those of texts. */
  readonly model?: string;
  /** Which codes stand beside them; files of early releases have none. */
  readonly codes?: CodesKind;
}
