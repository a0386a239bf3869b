import type { Embedder } from '../adapters/embedder.ts';
import { UnsupportedCapabilityError } from '../errors.ts';
import { invalidArgument } from './argument-checks.ts';

/**
 * A value as it may stand in a message: of one line, and never long.
 *
 * @example
 * ```ts
 * import { shown } from '@aiwork/core/adapter-kit';
 *
 * console.log(shown('tea'), shown([1, 2]), shown(undefined)); // "tea" an array undefined
 * ```
 * @since 0.1.0
 */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : described(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function described(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/**
 * Whether a value is an object literal or one without prototype, as JSON gives it.
 *
 * @example
 * ```ts
 * import { isPlainObject } from '@aiwork/core/adapter-kit';
 *
 * console.log(isPlainObject({}), isPlainObject([]), isPlainObject(new Date())); // true false false
 * ```
 * @since 0.1.0
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a memory takes vectors as. @since 0.1.0 */
export interface VectorRules {
  /** Numbers in a vector; missing where vectors are not searched by. */
  readonly dimensions: number | undefined;
  /** How to come to a memory that has vectors. */
  readonly howToHaveVectors: string;
}

/**
 * A copy of a vector of a document or query, since its owner may write another into it; `undefined` stays that.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` for what is no such vector, `AIWORK_UNSUPPORTED_CAPABILITY` where there are none.
 * @example
 * ```ts
 * import { admitVector } from '@aiwork/core/adapter-kit';
 *
 * const rules = { dimensions: 2, howToHaveVectors: 'make the memory with `vectors`' };
 * console.log(admitVector(Float32Array.of(1, 0), 'query.vector', rules)?.length); // 2
 * ```
 * @since 0.1.0
 */
export function admitVector(
  vector: unknown,
  where: string,
  { dimensions, howToHaveVectors }: VectorRules,
): Float32Array | undefined {
  if (vector === undefined) return undefined;
  if (dimensions === undefined)
    throw new UnsupportedCapabilityError(
      `${where} is given, but this memory searches by words only: leave it out, or ${howToHaveVectors}`,
    );
  if (!(vector instanceof Float32Array))
    throw invalidArgument(`${where} is ${shown(vector)}: use a Float32Array`);
  if (vector.length !== dimensions)
    throw invalidArgument(
      `${where} has ${vector.length} numbers: this memory's vectors have ${dimensions}, as the model's that made them`,
    );
  const odd = vector.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0)
    throw invalidArgument(`${where}[${odd}] is ${vector[odd]}: every number of a vector has to be finite`);
  return vector.slice();
}

/** Where the vectors of a memory come from. @since 0.1.0 */
export interface VectorSource {
  readonly dimensions?: number | undefined;
  readonly embedder?: Pick<Embedder, 'capabilities'> | undefined;
}

/**
 * How many numbers the vectors of a memory have: as many as its option `vectors` says, or its embedder gives.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` where neither says it, they differ, or it is not from 1 to `maxDimensions`.
 * @example
 * ```ts
 * import { vectorDimensions } from '@aiwork/core/adapter-kit';
 *
 * console.log(vectorDimensions({ dimensions: 384 }, 8192)); // 384
 * ```
 * @since 0.1.0
 */
export function vectorDimensions({ dimensions, embedder }: VectorSource, maxDimensions: number): number {
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
