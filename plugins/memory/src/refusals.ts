import { AiworkError } from '@aiwork/core';

/** A value as it may stand in a message: never long, never more than one line. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(describe(value));
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/** An argument nothing can be done with; the call had no effect. */
export function invalidArgument(message: string): AiworkError {
  return new AiworkError('AIWORK_INVALID_ARGUMENT', message, { outcome: 'not-applied' });
}

/** A declared limit was exceeded; the call had no effect. */
export function limitExceeded(message: string): AiworkError {
  return new AiworkError('AIWORK_LIMIT_EXCEEDED', message, { outcome: 'not-applied' });
}

/** Rejects a call whose signal aborted before it had an effect. */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled(signal);
}

export function cancelled(signal: AbortSignal): AiworkError {
  return new AiworkError('AIWORK_CANCELLED', 'the call was aborted before it had any effect', {
    cause: signal.reason,
    outcome: 'not-applied',
  });
}

/** An object literal or one without prototype, as JSON gives it. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
