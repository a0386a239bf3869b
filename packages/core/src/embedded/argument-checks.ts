import { AiworkError } from '../errors.ts';

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

/** An argument nothing can be done with; the call had no effect. */
export function invalidArgument(message: string): AiworkError {
  return new AiworkError('AIWORK_INVALID_ARGUMENT', message, { outcome: 'not-applied' });
}

/** A declared limit was exceeded; the call had no effect. */
export function limitExceeded(what: string, bytes: number, limit: string, maxBytes: number): AiworkError {
  return new AiworkError(
    'AIWORK_LIMIT_EXCEEDED',
    `${what} has ${bytes} bytes, more than ${limit} (${maxBytes}): make it smaller or open the store with a larger ${limit}`,
    { outcome: 'not-applied' },
  );
}

/** Rejects a call whose signal was aborted before any work was done. */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new AiworkError('AIWORK_CANCELLED', 'the call was aborted before it had any effect', {
    cause: signal.reason,
    outcome: 'not-applied',
  });
}

/** Unpaired surrogates have no UTF-8 form: stored, two different strings would become one. */
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

/** A run id is 1 to 500 well-formed characters without control characters. */
export function checkRunId(runId: unknown): asserts runId is string {
  checkWellFormed(runId, 'the run id');
  if (runId.length > 500 || control.test(runId)) {
    throw invalidArgument(
      `the run id ${shown(runId)} cannot be used: give 1 to 500 characters without control characters`,
    );
  }
}

export function checkTtl(ttlMs: unknown, what = 'ttlMs'): asserts ttlMs is number {
  if (typeof ttlMs === 'number' && Number.isFinite(ttlMs) && ttlMs > 0) return;
  throw invalidArgument(`${what} is ${shown(ttlMs)}: give a number of milliseconds greater than 0`);
}

/** A store option that limits a size, or the default where it is not given. */
export function limitOption(value: number | undefined, name: string, standard: number): number {
  if (value === undefined) return standard;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw invalidArgument(`${name} is ${shown(value)}: give a whole number of bytes greater than 0`);
}

/** Bytes of `text` in UTF-8, refused above `maxBytes`. */
export function checkBytes(text: string, what: string, limit: string, maxBytes: number): void {
  // A UTF-16 code unit takes at most 3 bytes of UTF-8, so most texts need no measuring.
  if (text.length * 3 <= maxBytes) return;
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw limitExceeded(what, bytes, limit, maxBytes);
}
