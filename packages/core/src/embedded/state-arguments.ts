import { checkBytes, checkWellFormed, invalidArgument } from './argument-checks.ts';
import { toJsonText } from './json-text.ts';

/**
 * The default of `maxKeyBytes`. Longer keys are almost always a value in the wrong place.
 *
 * @since 0.1.0
 */
export const defaultMaxKeyBytes = 16_384;

/**
 * Refuses what is not a key of a state store or cache.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when it is not a well-formed string of at least one character.
 * @throws `AIWORK_LIMIT_EXCEEDED` when it has more than `maxKeyBytes` bytes in UTF-8.
 * @example
 * ```ts
 * import { checkKey, defaultMaxKeyBytes } from '@aiwork/core/adapter-kit';
 *
 * checkKey('user 7', defaultMaxKeyBytes);
 * ```
 * @since 0.1.0
 */
export function checkKey(key: string, maxKeyBytes: number): void {
  checkWellFormed(key, 'the key');
  checkBytes(key, 'the key', 'maxKeyBytes', maxKeyBytes);
}

/**
 * Refuses what is not a prefix of keys. It may be empty, which a key may not.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { checkPrefix } from '@aiwork/core/adapter-kit';
 *
 * checkPrefix('');
 * ```
 * @since 0.1.0
 */
export function checkPrefix(prefix: string): void {
  if (typeof prefix === 'string' && prefix.isWellFormed()) return;
  throw invalidArgument(`the prefix ${JSON.stringify(prefix)} is not a well-formed string`);
}

/**
 * The JSON a value of a state store is stored as.
 *
 * @throws what `toJsonText` throws, and `AIWORK_LIMIT_EXCEEDED` when it has more than `maxValueBytes` bytes in UTF-8.
 * @example
 * ```ts
 * import { stateText } from '@aiwork/core/adapter-kit';
 *
 * console.log(stateText('key', [1, 2], 1024)); // [1,2]
 * ```
 * @since 0.1.0
 */
export function stateText(key: string, value: unknown, maxValueBytes: number): string {
  const what = `the value of ${JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}…` : key)}`;
  const text = toJsonText(value, what);
  checkBytes(text, what, 'maxValueBytes', maxValueBytes);
  return text;
}
