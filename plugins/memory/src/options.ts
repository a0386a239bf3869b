import { invalidArgument, shown } from '@aiwork/core/adapter-kit';
import { checkedTokenizer } from './checked-tokenizer.ts';
import { createRanking, type Ranking, type RankingOptions } from './ranking.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';
import { type VectorOptions, type VectorSettings, vectorSettingsFrom } from './vector-options.ts';

/** How texts are cut into terms and scored. @since 0.1.0 */
export interface LexicalOptions {
  /** Default: BM25 with `k1` 1.2 and `b` 0.75. */
  readonly ranking?: RankingOptions;
  /** Default: `createTokenizer()`. */
  readonly tokenizer?: Tokenizer;
  /** Longest text of a document or a query, in bytes of UTF-8. Default 1,048,576. */
  readonly maxTextBytes?: number;
}

/** What a memory finds documents by. @since 0.1.0 */
export interface MemoryOptions extends LexicalOptions {
  /** Searching by vector, too. Left out, vectors are refused. */
  readonly vectors?: VectorOptions;
}

/** Options with every default filled in. */
export interface LexicalSettings {
  readonly ranking: Ranking;
  readonly tokenizer: Tokenizer;
  readonly maxTextBytes: number;
}

/** Options with every default filled in. */
export interface Settings extends LexicalSettings {
  readonly vectors: VectorSettings | undefined;
}

const maxMaxTextBytes = 2 ** 28;

export function lexicalSettingsFrom(options: LexicalOptions): LexicalSettings {
  const { ranking, tokenizer, maxTextBytes = 1_048_576 } = options;
  if (!Number.isInteger(maxTextBytes) || maxTextBytes < 1 || maxTextBytes > maxMaxTextBytes) {
    throw invalidArgument(
      `maxTextBytes is ${shown(maxTextBytes)}: use a whole number of bytes from 1 to ${maxMaxTextBytes}`,
    );
  }
  return {
    ranking: createRanking(ranking),
    tokenizer: tokenizer === undefined ? createTokenizer() : checkedTokenizer(tokenizer),
    maxTextBytes,
  };
}

export function settingsFrom(options: MemoryOptions): Settings {
  return { ...lexicalSettingsFrom(options), vectors: options.vectors && vectorSettingsFrom(options.vectors) };
}
