import { AiworkError, type ErrorCode } from './errors.ts';
import { readRetryAfterMs } from './retry-after.ts';

/**
 * An error as the journal keeps it: plain data, so that it survives processes and can be shown anywhere.
 *
 * @since 0.1.0
 */
export interface RunError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stepId?: string;
  /** Whether trying again may help. */
  readonly retryable: boolean;
  /** Time the failing side asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly stack?: string;
  readonly cause?: RunError;
}

const maxCauses = 8;
/** Some errors carry whole responses; more than this nobody reads, and a journal should not keep. In characters. */
const maxText = 16_384;

/**
 * Describes anything thrown as a {@link RunError}; causes are followed up to eight deep.
 *
 * @example
 * ```ts
 * import { toRunError } from '@aiwork/core';
 *
 * const { name, message, retryable } = toRunError(new TypeError('fetch failed'));
 * console.log(name, message, retryable); // TypeError fetch failed true
 * ```
 * @since 0.1.0
 */
export function toRunError(thrown: unknown, stepId?: string, depth = 0): RunError {
  try {
    return describeError(thrown, stepId, depth);
  } catch {
    // A proxy, a getter or a toString of its own: whatever was thrown, a run has to end.
    const message = 'something was thrown that throws again when it is looked at';
    return { name: 'NonError', message, ...(stepId && { stepId }), retryable: true };
  }
}

function describeError(thrown: unknown, stepId: string | undefined, depth: number): RunError {
  const error = thrown instanceof Error || AiworkError.isInstance(thrown) ? thrown : undefined;
  if (!error)
    return {
      name: 'NonError',
      message: clipText(toText(thrown)),
      ...(stepId && { stepId }),
      retryable: true,
    };
  const own: Partial<AiworkError> = AiworkError.isInstance(error) ? error : {};
  const step = own.stepId ?? stepId;
  const retryAfterMs = retryAfterOf(error);
  return {
    name: clipText(toText(error.name)),
    message: clipText(toText(error.message)),
    ...(typeof own.code === 'string' && { code: own.code }),
    ...(step && { stepId: step }),
    retryable: own.retryable ?? true,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(typeof error.stack === 'string' && { stack: clipText(error.stack) }),
    ...(error.cause !== undefined &&
      depth < maxCauses && { cause: toRunError(error.cause, undefined, depth + 1) }),
  };
}

/** A text short enough to be kept with an event, saying how much is gone. */
export function clipText(text: string): string {
  return text.length <= maxText
    ? text
    : `${text.slice(0, maxText)}… (${text.length - maxText} more characters)`;
}

/**
 * Rebuilds a throwable error from the journal's record of it.
 *
 * @example
 * ```ts
 * import { fromRunError, toRunError } from '@aiwork/core';
 *
 * const error = fromRunError(toRunError(new TypeError('fetch failed'), 'load'));
 * console.log(error.name, error.code, error.stepId); // TypeError AIWORK_STEP_FAILED load
 * ```
 * @since 0.1.0
 */
export function fromRunError(error: RunError): AiworkError {
  const rebuilt = new AiworkError((error.code ?? 'AIWORK_STEP_FAILED') as ErrorCode, error.message, {
    retryable: error.retryable,
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    ...(error.stepId !== undefined && { stepId: error.stepId }),
    ...(error.cause && { cause: fromRunError(error.cause) }),
  });
  if (error.code === undefined) rebuilt.name = error.name;
  if (error.stack) rebuilt.stack = error.stack;
  return rebuilt;
}

/** `Retry-After` as HTTP clients leave it on their errors: `retryAfterMs`, or a header on `response`/`headers`. */
function retryAfterOf(error: object): number | undefined {
  const { retryAfterMs, headers, response } = error as {
    retryAfterMs?: unknown;
    headers?: unknown;
    response?: { headers?: unknown };
  };
  if (typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) && retryAfterMs >= 0)
    return retryAfterMs;
  return readHeaders(headers) ?? readHeaders(response?.headers);
}

function readHeaders(headers: unknown): number | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  return readRetryAfterMs(headers as Readonly<Record<string, unknown>>);
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
