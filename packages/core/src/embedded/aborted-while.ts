import { AiworkError, type AiworkErrorOptions } from '../errors.ts';

/**
 * The caller gave up on something that a service was asked for (`AIWORK_CANCELLED`).
 *
 * @param where - the service, as a user knows it
 * @param what - what it was asked to do
 * @example
 * ```ts
 * import { abortedWhile } from '@aiwork/core/adapter-kit';
 *
 * const error = abortedWhile('Redis at localhost', 'set key "a"', { outcome: 'unknown', cause: 'too late' });
 * console.log(error.message.endsWith('whether it was done is not known')); // true
 * ```
 * @since 0.1.0
 */
export function abortedWhile(
  where: string,
  what: string,
  { outcome, cause }: Pick<AiworkErrorOptions, 'outcome' | 'cause'>,
): AiworkError {
  const effect = outcome === 'unknown' ? 'whether it was done is not known' : 'nothing was changed';
  const message = `the call was aborted while ${where} was asked to ${what}: ${effect}`;
  return new AiworkError('AIWORK_CANCELLED', message, { cause, ...(outcome && { outcome }) });
}
