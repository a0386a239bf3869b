import type { Adapter, CallOptions, Durability } from './adapter.ts';

/** A piece of text that can be found again. @since 0.1.0 */
export interface MemoryDoc {
  /** Any well-formed string of 1 to 512 characters. */
  readonly id: string;
  readonly text: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Embedding of the text, for memories that search by vector. */
  readonly vector?: Float32Array;
}

/** @since 0.1.0 */
export interface MemoryHit extends MemoryDoc {
  /** Higher is better; comparable only within one search. */
  readonly score: number;
}

/**
 * Conditions on metadata. A plain value means equality; fields are joined by "and". A filter with anything that is not
 * in these types (another operator or group, a group of no filters, a field without a condition, an operand of another
 * type, `NaN`) is refused.
 *
 * @since 0.1.0
 */
export type MemoryFilter = { readonly [field: string]: FilterCondition } | FilterGroup;

/** @since 0.1.0 */
export interface FilterGroup {
  readonly $and?: readonly MemoryFilter[];
  readonly $or?: readonly MemoryFilter[];
  readonly $not?: MemoryFilter;
}

/** @since 0.1.0 */
export type FilterValue = string | number | boolean | null;

/**
 * A condition on one field; of several operators, all have to fit. Values of different types are never equal, smaller or
 * larger; strings are compared by code units.
 *
 * - A field that is a list fits when one of its items does, and fits `$ne` when none of them is equal.
 * - A field that is missing fits `$ne` and `$exists: false`, and nothing else: it is not `null`.
 * - A field that is an object fits `$ne` and `$exists: true`.
 *
 * @since 0.1.0
 */
export type FilterCondition =
  | FilterValue
  | {
      readonly $eq?: FilterValue;
      readonly $ne?: FilterValue;
      readonly $in?: readonly FilterValue[];
      readonly $gt?: string | number;
      readonly $gte?: string | number;
      readonly $lt?: string | number;
      readonly $lte?: string | number;
      readonly $exists?: boolean;
    };

/** @since 0.1.0 */
export interface MemoryQuery {
  /** For memories that search by words. */
  readonly text?: string;
  /** For memories that search by vector. */
  readonly vector?: Float32Array;
  /** Most hits to return, from 1 to 1000. */
  readonly topK: number;
  readonly filter?: MemoryFilter;
  /** Hits below it are left out. */
  readonly minScore?: number;
}

/** @since 0.1.0 */
export interface MemoryCapabilities {
  /** What a query may search by. */
  readonly search: readonly ('text' | 'vector')[];
  readonly filters: boolean;
  /** In bytes of UTF-8. */
  readonly maxTextBytes: number;
  /** Numbers in a vector; missing where vectors are not searched by. */
  readonly dimensions?: number;
  readonly durability: Durability;
}

/**
 * Something that keeps texts and finds the ones that fit a query best.
 *
 * - `upsert` replaces documents of the same id whole and is visible to every search that starts after it resolved; a
 *   batch is applied entirely or, when it rejects with `outcome: 'not-applied'`, not at all. Of several documents with
 *   one id in a batch, the last one stays.
 * - Hits come best first; equal scores are ordered by id (code units), so that a search always gives the same answer.
 *
 * @since 0.1.0
 */
export interface Memory extends Adapter<MemoryCapabilities> {
  upsert(docs: readonly MemoryDoc[], options?: CallOptions): Promise<void>;
  search(query: MemoryQuery, options?: CallOptions): Promise<readonly MemoryHit[]>;
  /** How many of `ids` were there and are deleted now; an id that is given twice counts once. */
  delete(ids: readonly string[], options?: CallOptions): Promise<number>;
  /** How many documents there are. */
  count(options?: CallOptions): Promise<number>;
}
