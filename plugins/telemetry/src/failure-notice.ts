import type { TelemetryCapabilities } from '@aiwork/core';

/** The operator is told of an outage, not of every attempt: not again for so long, in milliseconds. */
const quietMs = 10 * 60_000;

/** Tells the operator that signals do not arrive. */
export type FailureNotice = (signal: TelemetryCapabilities['signals'][number], error: unknown) => void;

export function createFailureNotice(now: () => number = Date.now): FailureNotice {
  let toldAt: number | undefined;
  return (signal, error) => {
    if (toldAt !== undefined && now() - toldAt < quietMs) return;
    toldAt = now();
    process.emitWarning(
      `@aiwork/telemetry: the receiver does not take ${signal} (${reasonOf(error)}); runs go on, and what it does not take in time is dropped`,
      'AiworkWarning',
    );
  };
}

/** Nothing that a receiver or a URL says: keys may be in it. */
function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'number') return `it answered ${code}`;
  if (typeof code === 'string') return code;
  return message === 'Request timed out' ? 'it does not answer' : 'it refuses, or cannot be reached';
}
