import type { ErrorCode } from '@aiwork/core';
import type { Execution } from './execution.ts';
import type { FieldProblem } from './problem.ts';

/** What is known of an error besides its code and message. @since 0.1.0 */
export interface ClientErrorFacts {
  /** Whether the same call may succeed later. */
  readonly retryable?: boolean;
  /** Time the server asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Of a call that was to change something: whether it is certain that nothing changed. */
  readonly outcome?: 'not-applied' | 'unknown';
  /** The status of HTTP, where the server answered. */
  readonly status?: number;
  /** Under which id the server's log has the request, where it says so. */
  readonly requestId?: string;
  /** Which parts of the request were refused. */
  readonly fields?: readonly FieldProblem[];
  /** The step that failed, of an execution that did. */
  readonly stepId?: string;
  /** The execution, of one that failed or was cancelled. */
  readonly execution?: Execution;
  readonly cause?: unknown;
}

// The first is that of core's errors: its `AiworkError.isInstance` and `hasCode` know these, too.
const brands = [Symbol.for('aiwork.error'), Symbol.for('aiwork.client-error')] as const;

/**
 * What every call of a client rejects with: the code of the error that the server, or the execution, failed with, or one of
 *
 * - `AIWORK_SERVER_UNAVAILABLE`: there was no answer, or none in time, or the server cannot answer now;
 * - `AIWORK_SERVER_REFUSED`, `AIWORK_SERVER_FAILED`: an answer of 4xx or 5xx that gives no code;
 * - `AIWORK_SERVER_INVALID_ANSWER`: an answer that is none of `@aiwork/server`;
 * - `AIWORK_CANCELLED`: the caller's signal aborted, with its reason as `cause`; the execution itself goes on;
 * - `AIWORK_INVALID_ARGUMENT`, `AIWORK_NOT_SERIALIZABLE`: it was not sent at all.
 *
 * Tokens are in none of its fields.
 *
 * @since 0.1.0
 */
export class ClientError extends Error implements ClientErrorFacts {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly fields: readonly FieldProblem[];
  declare readonly retryAfterMs?: number;
  declare readonly outcome?: 'not-applied' | 'unknown';
  declare readonly status?: number;
  declare readonly requestId?: string;
  declare readonly stepId?: string;
  declare readonly execution?: Execution;

  constructor(code: ErrorCode, message: string, facts: ClientErrorFacts = {}) {
    const { cause, retryable = false, fields = [], ...others } = facts;
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ClientError';
    this.code = code;
    this.retryable = retryable;
    this.fields = fields;
    Object.assign(this, others);
    for (const brand of brands) Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is an error of a client, from whichever copy of this package. */
  static isInstance(value: unknown): value is ClientError {
    return typeof value === 'object' && value !== null && brands[1] in value;
  }
}
