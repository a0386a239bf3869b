/**
 * Every code that core, and adapters of any service, may raise, with what it means. Packages add codes of their own under
 * the same prefix.
 *
 * @since 0.1.0
 */
export const errorCodes = {
  AIWORK_INVALID_ARGUMENT: 'An option or argument has a value the function cannot work with.',
  AIWORK_INVALID_FLOW: 'A flow definition or graph is malformed.',
  AIWORK_DUPLICATE_ID: 'Two units or two steps share one id.',
  AIWORK_UNKNOWN_NEED: 'A step needs a step that the flow does not have.',
  AIWORK_CYCLE: 'Steps need each other in a circle.',
  AIWORK_INVALID_INPUT: 'A value was refused by the input schema of a unit.',
  AIWORK_INVALID_OUTPUT: 'A value was refused by the output schema of a unit.',
  AIWORK_NOT_SERIALIZABLE: 'A value cannot be written to the journal.',
  AIWORK_NO_JSON_SCHEMA: 'A schema library does not offer JSON Schema where a model has to see one.',
  AIWORK_STEP_FAILED: 'User code of a step threw.',
  AIWORK_STEP_TIMEOUT: 'An attempt of a step took longer than its timeout.',
  AIWORK_RUN_TIMEOUT: 'A run took longer than its timeout.',
  AIWORK_NEED_FAILED: 'A step could not start because a step it needs failed.',
  AIWORK_CANCELLED: 'The run or step was cancelled.',
  AIWORK_LOOP_LIMIT: 'A loop reached `maxRounds` before its condition held.',
  AIWORK_WAIT_EXPIRED: 'Nothing arrived at a waiting step before it expired.',
  AIWORK_RACE_FAILED: 'No contender of a race succeeded.',
  AIWORK_BUDGET_EXCEEDED: 'A run or step used up a budget.',
  AIWORK_TURN_LIMIT: 'An agent reached `maxTurns` without a final answer.',
  AIWORK_GUARDRAIL_BLOCKED: 'A guardrail refused a value.',
  AIWORK_TOOL_NOT_FOUND: 'A tool was asked for that is not registered.',
  AIWORK_MODEL_INVALID_REPLY: 'A chat model broke off or gave something that is not a reply.',
  AIWORK_MODEL_INCOMPLETE: 'A chat model ended its reply early: at a length limit or by a content filter.',
  AIWORK_MODEL_REFUSED:
    'A provider refused a request to a chat model: its key, its model, its quota or something in it.',
  AIWORK_MODEL_RATE_LIMITED: 'A provider takes no more requests or tokens of a chat model for now.',
  AIWORK_MODEL_UNAVAILABLE: 'A chat model could not be reached, fell silent, or its provider failed.',
  AIWORK_MODEL_SCRIPT_EXHAUSTED: 'A scripted chat model was asked for more replies than it has.',
  AIWORK_MODEL_REPLAY_MISS: 'A replaying chat model was asked something that was not recorded.',
  AIWORK_FLOW_NOT_REGISTERED: 'A run belongs to a unit this orchestrator does not know.',
  AIWORK_FLOW_CHANGED: 'A flow changed so that the finished steps of a run no longer fit.',
  AIWORK_RUN_NOT_FOUND: 'No run has this id.',
  AIWORK_RUN_EXISTS: 'A run with this id exists and belongs to other work.',
  AIWORK_RUN_FINISHED: 'The run is over.',
  AIWORK_RUN_OWNED: 'Another worker holds the lease of the run.',
  AIWORK_LEASE_LOST: 'The lease of a run or job was lost while it was worked on.',
  AIWORK_UNKNOWN_STEP: 'A run or flow has no step of this id.',
  AIWORK_NOT_WAITING: 'A signal was sent to a step that does not take one.',
  AIWORK_SLOT_EMPTY: 'No plugin provides what was asked for.',
  AIWORK_PLUGIN_INVALID: 'Something that is not a plugin of this API version was given as one.',
  AIWORK_PLUGIN_SETUP: 'A plugin failed while it was set up.',
  AIWORK_UNSUPPORTED_CAPABILITY: 'An adapter was asked for something it declares absent.',
  AIWORK_LIMIT_EXCEEDED: 'A declared limit of an adapter was exceeded.',
  AIWORK_CORRUPT_DATA: 'Stored data is damaged, truncated or of an unknown version.',
  AIWORK_STORE_BUSY: 'A store stayed locked by another process for too long.',
  AIWORK_STORE_FAILED: 'A store failed for a reason of its own.',
  AIWORK_QUEUE_FAILED: 'A task queue failed for a reason of its own.',
  AIWORK_MODEL_UNREADABLE: 'A model file is missing, damaged, incomplete or of an unknown format.',
  AIWORK_UNKNOWN_OPERATOR: 'A model has an operation that the engine does not know.',
  AIWORK_DEVICE_UNAVAILABLE: 'A device to run a model on is not there, or cannot run it.',
  AIWORK_UNKNOWN_INPUT: 'A model was given an input that it does not have.',
  AIWORK_MISSING_INPUT: 'A model was not given one of its inputs.',
  AIWORK_TENSOR_TYPE: 'A tensor has another element type than the model takes, or than its data.',
  AIWORK_TENSOR_SHAPE: 'A tensor has a shape that does not fit the model, or its data.',
  AIWORK_OUT_OF_MEMORY: 'An engine could not get the memory that a model needs.',
  AIWORK_INFERENCE_FAILED: 'An engine failed to load or run a model for a reason of its own.',
  AIWORK_CLOSED: 'Something was used after it was closed.',
} as const;

/** A code of core's own table, or one a plugin brings. @since 0.1.0 */
export type ErrorCode = keyof typeof errorCodes | (`AIWORK_${string}` & {});

/** What a schema says is wrong with a value. @since 0.1.0 */
export interface ValueIssue {
  /** Keys and indexes from the value to what is wrong in it. */
  readonly path: readonly string[];
  readonly message: string;
}

/** @since 0.1.0 */
export interface AiworkErrorOptions {
  readonly cause?: unknown;
  /** Whether the same call may succeed later. Default `false`. */
  readonly retryable?: boolean;
  /** Time the other side asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What the other side calls the request that failed, for its support and its logs. */
  readonly requestId?: string;
  /** For rejected mutations: whether it is certain that nothing changed. */
  readonly outcome?: 'not-applied' | 'unknown';
  /** The step this error belongs to. */
  readonly stepId?: string;
  /** Of a value that its schema refused. */
  readonly issues?: readonly ValueIssue[];
}

const brand = Symbol.for('aiwork.error');

/**
 * The one error family of the project. Recognise it with {@link AiworkError.isInstance} or {@link hasCode}, which also
 * work when two copies of core are installed; `instanceof` does not.
 *
 * @example
 * ```ts
 * import { AiworkError, hasCode } from '@aiwork/core';
 *
 * const error = new AiworkError('AIWORK_CLOSED', 'the store is closed: open a new one', { outcome: 'not-applied' });
 * console.log(hasCode(error, 'AIWORK_CLOSED'), error.retryable); // true false
 * ```
 * @since 0.1.0
 */
export class AiworkError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  declare readonly retryAfterMs?: number;
  declare readonly requestId?: string;
  declare readonly outcome?: 'not-applied' | 'unknown';
  declare readonly stepId?: string;
  declare readonly issues?: readonly ValueIssue[];

  constructor(code: ErrorCode, message: string, options: AiworkErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AiworkError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options.requestId !== undefined) this.requestId = options.requestId;
    if (options.outcome !== undefined) this.outcome = options.outcome;
    if (options.stepId !== undefined) this.stepId = options.stepId;
    if (options.issues !== undefined) this.issues = options.issues;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is an error of this family, from whichever copy of core. */
  static isInstance(value: unknown): value is AiworkError {
    try {
      return (
        typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true
      );
    } catch {
      // A proxy that lets nobody look.
      return false;
    }
  }
}

/**
 * An adapter was asked for something its capabilities declare absent; nothing happened.
 *
 * @example
 * ```ts
 * import { UnsupportedCapabilityError } from '@aiwork/core';
 *
 * const error = new UnsupportedCapabilityError('this cache keeps no time to live: leave ttlMs out');
 * console.log(error.code, error.outcome); // AIWORK_UNSUPPORTED_CAPABILITY not-applied
 * ```
 * @since 0.1.0
 */
export class UnsupportedCapabilityError extends AiworkError {
  constructor(message: string) {
    super('AIWORK_UNSUPPORTED_CAPABILITY', message, { outcome: 'not-applied' });
    this.name = 'UnsupportedCapabilityError';
  }
}

/**
 * Something was used after `close()`; nothing happened.
 *
 * @example
 * ```ts
 * import { ClosedError } from '@aiwork/core';
 *
 * console.log(new ClosedError('the cache').message); // the cache is closed: create a new one to go on
 * ```
 * @since 0.1.0
 */
export class ClosedError extends AiworkError {
  constructor(what: string) {
    super('AIWORK_CLOSED', `${what} is closed: create a new one to go on`, { outcome: 'not-applied' });
    this.name = 'ClosedError';
  }
}

/**
 * Whether `value` is an {@link AiworkError} with this code.
 *
 * @example
 * ```ts
 * import { createOrchestrator, hasCode } from '@aiwork/core';
 *
 * await using ai = createOrchestrator();
 * const found = await ai.open('no-such-run').catch((error) => {
 *   if (hasCode(error, 'AIWORK_RUN_NOT_FOUND')) return undefined;
 *   throw error;
 * });
 * console.log(found); // undefined
 * ```
 * @since 0.1.0
 */
export function hasCode(value: unknown, code: ErrorCode): value is AiworkError {
  return AiworkError.isInstance(value) && value.code === code;
}
