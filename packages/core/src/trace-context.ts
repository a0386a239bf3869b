import { AiworkError } from './errors.ts';

/**
 * A place in a distributed trace, as the headers of W3C Trace Context say it.
 *
 * @since 0.1.0
 */
export interface TraceContext {
  /** Version, trace id, span id and flags: `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`. */
  readonly traceparent: string;
  /** What tracing systems add for themselves. */
  readonly tracestate?: string;
}

const firstVersion = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;
/** Later versions may say more. */
const laterVersion = /^(?!00|ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-.*)?$/;
/** What every system has to pass on; of a longer one it may be asked to drop all. In characters. */
const maxTracestateLength = 512;

/**
 * The trace context in the headers of a request or message; nothing when there is none, or one that the standard says to
 * ignore. A `tracestate` that is no text of 1 to 512 printable characters is left out.
 *
 * @example
 * ```ts
 * import { readTraceContext } from '@aiwork/core';
 *
 * const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
 * console.log(readTraceContext({ traceparent })?.traceparent === traceparent); // true
 * console.log(readTraceContext({ traceparent: 'none' })); // undefined
 * ```
 * @since 0.1.0
 */
export function readTraceContext(headers: {
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
}): TraceContext | undefined {
  const { traceparent, tracestate } = headers;
  if (typeof traceparent !== 'string') return undefined;
  if (!firstVersion.test(traceparent) && !laterVersion.test(traceparent)) return undefined;
  return isTracestate(tracestate) ? { traceparent, tracestate } : { traceparent };
}

function isTracestate(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxTracestateLength && /^[\x20-\x7e]+$/.test(value);
}

/** @throws `AIWORK_INVALID_ARGUMENT`. */
export function checkTraceContext(trace: TraceContext): TraceContext {
  const read = readTraceContext(trace);
  if (read) return read;
  throw new AiworkError(
    'AIWORK_INVALID_ARGUMENT',
    `trace.traceparent is ${JSON.stringify(trace.traceparent)}: give a traceparent of W3C Trace Context, or no trace`,
  );
}
