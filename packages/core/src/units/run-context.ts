import type { ChatModel, ChatRequest, ModelReply } from '../adapters/chat-model.ts';
import type { GenerateOptions } from '../agent/generate.ts';
import type { Logger } from '../logger.ts';
import type { UseSlot } from '../slots.ts';
import type { Runnable } from './runnable.ts';

/**
 * What every piece of user code is given besides its input.
 *
 * @since 0.1.0
 */
export interface RunContext {
  readonly runId: string;
  readonly stepId: string;
  /** The attempt, from 1. */
  readonly attempt: number;
  /** Aborts when the run is cancelled, the step times out, a budget is used up or the process shuts down. */
  readonly signal: AbortSignal;
  /** The same over retries, resumes and redeliveries of this step, and of no other step of any run. */
  readonly idempotencyKey: string;
  /** Lines become `log` events of the run. */
  readonly log: Logger;
  /**
   * Runs `effect` and records its result in the journal: once recorded, later attempts and resumes of this step get the
   * recorded result and do not run it again. The key it is given is stable, so that a service that knows idempotency
   * keys also holds when the process dies between the effect and its record.
   */
  once<T>(key: string, effect: (idempotencyKey: string) => Promise<T> | T): Promise<T>;
  /** Adds an `emitted` event to the run's stream and journal. */
  emit(name: string, data?: unknown): void;
  readonly use: UseSlot;
  /**
   * Asks a chat model as agents do: the call is journaled as `model.called` with what it used, counts against the budgets of
   * the step and the run, and is shown to telemetry. Made inside of `once`, it is made and counted once.
   *
   * @throws `AIWORK_BUDGET_EXCEEDED` when a budget is used up; `AIWORK_MODEL_INVALID_REPLY`; what the model throws.
   */
  generate(model: ChatModel, request: ChatRequest, options?: GenerateOptions): Promise<ModelReply>;
  /**
   * Runs another unit inside this step. It is journaled, so a resume or another attempt of this step keeps its result,
   * while what failed is done again; it is cancelled with this step, and with the run when nobody waited for it. A flow
   * becomes a run of its own, linked to this one. `key` names the call among those of this step, and no two may share
   * one; by default the calls of a unit are numbered in the order they are made, which therefore has to be the same in
   * every attempt.
   *
   * @throws `AIWORK_DUPLICATE_ID` when another call of this attempt has the key; what the unit failed with.
   */
  run<I, O>(unit: Runnable<I, O>, input: NoInfer<I>, options?: { readonly key?: string }): Promise<O>;
}
