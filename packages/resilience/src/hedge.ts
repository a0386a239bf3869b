import { AiworkError, type Duration } from '@aiwork/core';
import type { CallContext, Layer, Source } from './layer.ts';
import { isRefusal } from './layer-error.ts';
import { type LinkedAbort, linkAbort } from './linked-abort.ts';
import { type Opened, open } from './opening.ts';
import { timeOption, wholeOption } from './options.ts';
import { type RetryBudget, retryBudget } from './retry-budget.ts';

/** @since 0.1.0 */
export interface HedgeOptions {
  /** How long an attempt may stay without output before another is made beside it: about what 95 % need. */
  readonly after: Duration;
  /** Attempts beside the first: 1 or more. Default 1. */
  readonly maxExtra?: number;
  /** Default: one of its own, as {@link retryBudget} makes it. */
  readonly budget?: RetryBudget;
}

/**
 * Asks once more, beside an attempt that is slow to begin, and takes whichever begins first; the others are aborted. For
 * calls that may be made twice: both may be charged for ("The Tail at Scale", J. Dean and L. A. Barroso, 2013). An attempt
 * that fails is left to those still at work; when all have failed, the first failure is thrown, and a refusal of a layer
 * inside only where there is nothing else.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { setTimeout as sleep } from 'node:timers/promises';
 * import { hedge, protectCall } from '@aiwork/resilience';
 *
 * let asked = 0;
 * const ask = protectCall(
 *   async (_: void, { signal }) => {
 *     asked += 1;
 *     const attempt = asked;
 *     if (attempt === 1) await sleep(60_000, undefined, { signal });
 *     return `attempt ${attempt}`;
 *   },
 *   [hedge({ after: 20 })],
 * );
 * console.log(await ask()); // attempt 2
 * ```
 * @since 0.1.0
 */
export function hedge(options: HedgeOptions): Layer<'hedge'> {
  const afterMs = timeOption(options.after, 'after of hedge');
  const maxExtra = wholeOption(options.maxExtra ?? 1, 'maxExtra of hedge', 1);
  const { budget = retryBudget() } = options;
  return {
    kind: 'hedge',
    wrap: (inner) =>
      async function* (input, context) {
        budget.deposit(context.clock.now());
        const first = await race(inner, input, context, { afterMs, maxExtra, budget });
        yield* first.flow();
      },
  };
}

interface Rules {
  readonly afterMs: number;
  readonly maxExtra: number;
  readonly budget: RetryBudget;
}

function race<Input, Item>(
  inner: Source<Input, Item>,
  input: Input,
  context: CallContext<Input, Item>,
  { afterMs, maxExtra, budget }: Rules,
): Promise<Opened<Item>> {
  const { promise, resolve, reject } = Promise.withResolvers<Opened<Item>>();
  const atWork = new Map<number, LinkedAbort>();
  const failures: unknown[] = [];
  let made = 0;
  let isOver = false;
  let disarm = () => {};

  function finish(): void {
    isOver = true;
    disarm();
    for (const link of atWork.values()) link.abort(overtaken());
    atWork.clear();
  }

  async function attempt(): Promise<void> {
    made += 1;
    const number = made;
    const link = linkAbort(context.signal);
    atWork.set(number, link);
    arm();
    try {
      const opened = await open(inner, input, context, link);
      if (isOver) return opened.discard(overtaken());
      atWork.delete(number);
      finish();
      if (number > 1) context.emit({ type: 'hedge.won', attempt: number });
      resolve(opened);
    } catch (error) {
      atWork.delete(number);
      failures.push(error);
      if (isOver || atWork.size > 0) return;
      finish();
      // A further attempt that was not made says nothing of what was called.
      reject(failures.find((failure) => !isRefusal(failure)) ?? failures[0]);
    }
  }

  function arm(): void {
    if (made > maxExtra) return;
    disarm = context.clock.setTimer(afterMs, () => {
      if (!budget.withdraw(context.clock.now())) return context.emit({ type: 'hedge.refused', by: 'budget' });
      context.emit({ type: 'hedge', attempt: made + 1, afterMs });
      void attempt();
    });
  }

  void attempt();
  return promise;
}

function overtaken(): AiworkError {
  return new AiworkError('AIWORK_CANCELLED', 'another attempt was quicker');
}
