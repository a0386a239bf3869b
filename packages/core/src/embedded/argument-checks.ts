import { AiworkError } from '../errors.ts';

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

/**
 * An argument nothing can be done with (`AIWORK_INVALID_ARGUMENT`); the call had no effect.
 *
 * @example
 * ```ts
 * import { invalidArgument } from '@aiwork/core/adapter-kit';
 *
 * console.log(invalidArgument('topK is 0: give at least 1').outcome); // not-applied
 * ```
 * @since 0.1.0
 */
export function invalidArgument(message: string): AiworkError {
  return new AiworkError('AIWORK_INVALID_ARGUMENT', message, { outcome: 'not-applied' });
}

/**
 * A declared limit was exceeded (`AIWORK_LIMIT_EXCEEDED`); the call had no effect.
 *
 * @example
 * ```ts
 * import { limitExceeded } from '@aiwork/core/adapter-kit';
 *
 * const error = limitExceeded('the value', 12, 'maxValueBytes', 10);
 * console.log(error.code); // AIWORK_LIMIT_EXCEEDED
 * ```
 * @since 0.1.0
 */
export function limitExceeded(what: string, bytes: number, limit: string, maxBytes: number): AiworkError {
  return new AiworkError(
    'AIWORK_LIMIT_EXCEEDED',
    `${what} has ${bytes} bytes, more than ${limit} (${maxBytes}): make it smaller or open the store with a larger ${limit}`,
    { outcome: 'not-applied' },
  );
}

/**
 * Refuses a call whose signal was aborted before any work was done.
 *
 * @throws `AIWORK_CANCELLED` with the reason of the signal as its cause.
 * @example
 * ```ts
 * import { checkSignal } from '@aiwork/core/adapter-kit';
 *
 * checkSignal(undefined);
 * try {
 *   checkSignal(AbortSignal.abort('too late'));
 * } catch (error) {
 *   console.log((error as Error).cause); // too late
 * }
 * ```
 * @since 0.1.0
 */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new AiworkError('AIWORK_CANCELLED', 'the call was aborted before it had any effect', {
    cause: signal.reason,
    outcome: 'not-applied',
  });
}

/**
 * Refuses what is not a well-formed string of at least one character. Unpaired surrogates have no UTF-8 form: stored, two
 * different strings would become one.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`, naming `what`.
 * @example
 * ```ts
 * import { checkWellFormed } from '@aiwork/core/adapter-kit';
 *
 * checkWellFormed('Zürich', 'the name');
 * ```
 * @since 0.1.0
 */
export function checkWellFormed(text: unknown, what: string): asserts text is string {
  if (typeof text !== 'string' || text === '') {
    throw invalidArgument(`${what} is ${shown(text)}: give a string of at least one character`);
  }
  if (!text.isWellFormed()) {
    throw invalidArgument(`${what} ${shown(text)} has an unpaired surrogate: give a well-formed string`);
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const control = /[\u0000-\u001f\u007f]/;

/**
 * Refuses what is not a run id: 1 to 500 well-formed characters without control characters.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { checkRunId } from '@aiwork/core/adapter-kit';
 *
 * checkRunId('order 4711');
 * ```
 * @since 0.1.0
 */
export function checkRunId(runId: unknown): asserts runId is string {
  checkWellFormed(runId, 'the run id');
  if (runId.length > 500 || control.test(runId)) {
    throw invalidArgument(
      `the run id ${shown(runId)} cannot be used: give 1 to 500 characters without control characters`,
    );
  }
}

/**
 * Refuses what is not a number of milliseconds greater than 0.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`, naming `what`.
 * @example
 * ```ts
 * import { checkTtl } from '@aiwork/core/adapter-kit';
 *
 * checkTtl(0.5);
 * ```
 * @since 0.1.0
 */
export function checkTtl(ttlMs: unknown, what = 'ttlMs'): asserts ttlMs is number {
  if (typeof ttlMs === 'number' && Number.isFinite(ttlMs) && ttlMs > 0) return;
  throw invalidArgument(`${what} is ${shown(ttlMs)}: give a number of milliseconds greater than 0`);
}

/**
 * An option that limits a size in bytes, or `standard` where it is not given.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when it is not a whole number greater than 0.
 * @example
 * ```ts
 * import { limitOption } from '@aiwork/core/adapter-kit';
 *
 * console.log(limitOption(undefined, 'maxKeyBytes', 1024)); // 1024
 * ```
 * @since 0.1.0
 */
export function limitOption(value: number | undefined, name: string, standard: number): number {
  if (value === undefined) return standard;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw invalidArgument(`${name} is ${shown(value)}: give a whole number of bytes greater than 0`);
}

/**
 * Refuses text of more than `maxBytes` bytes in UTF-8.
 *
 * @throws `AIWORK_LIMIT_EXCEEDED`, naming `what` and `limit`.
 * @example
 * ```ts
 * import { checkBytes } from '@aiwork/core/adapter-kit';
 *
 * checkBytes('ü', 'the key', 'maxKeyBytes', 2);
 * ```
 * @since 0.1.0
 */
export function checkBytes(text: string, what: string, limit: string, maxBytes: number): void {
  // A UTF-16 code unit takes at most 3 bytes of UTF-8, so most texts need no measuring.
  if (text.length * 3 <= maxBytes) return;
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw limitExceeded(what, bytes, limit, maxBytes);
}
