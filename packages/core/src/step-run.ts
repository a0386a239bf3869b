import type { RunError } from './run-error.ts';
import type { Outcome } from './units/flow.ts';

/** What one attempt of a step is given by whoever leads the run it belongs to. @since 0.1.0 */
export interface StepRunOptions {
  /** The run it is a step of, as its code sees it: the same for all steps of that run, and all their attempts. */
  readonly runId: string;
  /** The attempt, from 1. Default 1. */
  readonly attempt?: number;
  /** The flow's input, as `start` takes it. */
  readonly input: unknown;
  /** How each step that this one needs ended, by step id. */
  readonly needs?: Readonly<Record<string, Outcome<unknown>>>;
  /**
   * `run` (default): the whole step, if its `when` holds. `when`: only whether that holds. If it does, `input` is what a
   * `call` calls its unit with, and `over` the items of a `map`. An object with `item` does the unit of a `map` for one of
   * its items, from 0; one with `error` tells it to the flow's task, as the steps `$onFailure` and `$onCancel`. Neither of
   * these two looks at `input` and `needs`.
   */
  readonly part?:
    | 'run'
    | 'when'
    | 'input'
    | 'over'
    | { readonly item: number; readonly value: unknown }
    | { readonly error: RunError };
  /** Aborting it cancels the attempt. */
  readonly signal?: AbortSignal;
}

/** How an attempt of a step ended. @since 0.1.0 */
export type StepRunEnd =
  | Exclude<Outcome<unknown>, { readonly status: 'failed' }>
  | {
      readonly status: 'failed';
      readonly error: RunError;
      /** Whether the step's policy takes the error for one that another attempt may help against, however many there were. */
      readonly mayRetry: boolean;
    };
