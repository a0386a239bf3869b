import type { Guardrail, GuardrailContext, GuardrailInput, Verdict } from '@aiwork/core';
import { DeadlineExceeded, withDeadline } from '../deadline.ts';
import { describeError } from '../describe-error.ts';
import { duration, oneOf } from '../guardrail-options.ts';
import { block, checkVerdict, pass } from '../verdict.ts';

/** @since 0.1.0 */
export interface BoundedGuardrailOptions {
  /** What may take long, or fail: one that asks a service or a model. */
  readonly guardrail: Guardrail;
  /** Most milliseconds a check may take. */
  readonly timeoutMs: number;
  /**
   * What happens with a text that could not be checked because the guardrail threw, or did not answer in time: it is
   * blocked (fail closed), or passes (fail open). Default `block`.
   */
  readonly whenUnchecked?: 'block' | 'pass';
}

/**
 * Gives a guardrail a time limit, and says what becomes of texts that it could not check. Its own verdicts stay as they are.
 * A guardrail that answers with `block` because it failed has decided: to fail open it has to throw.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @example
 * ```ts
 * import { setTimeout } from 'node:timers/promises';
 * import type { Guardrail } from '@aiwork/core';
 * import { boundedGuardrail } from '@aiwork/guardrails';
 *
 * const slow: Guardrail = {
 *   name: 'moderation',
 *   on: ['input'],
 *   check: async (_, { signal }) => setTimeout(60_000, { action: 'pass' as const }, { signal }),
 * };
 * const guardrail = boundedGuardrail({ guardrail: slow, timeoutMs: 20, whenUnchecked: 'block' });
 * const { signal } = new AbortController();
 * console.log(await guardrail.check({ text: 'Hello', final: true }, { signal }));
 * // { action: 'block', reason: 'it took longer than 20 ms' }
 * ```
 * @since 0.1.0
 */
export function boundedGuardrail(options: BoundedGuardrailOptions): Guardrail {
  const { guardrail } = options;
  const { name, on } = guardrail;
  const timeoutMs = duration(options.timeoutMs, 'timeoutMs', name);
  const whenUnchecked = oneOf(options.whenUnchecked ?? 'block', ['block', 'pass'], 'whenUnchecked', name);
  return Object.freeze({
    name,
    on,
    async check(input: GuardrailInput, context: GuardrailContext): Promise<Verdict> {
      const { signal } = context;
      try {
        const work = async (ending: AbortSignal) => guardrail.check(input, { ...context, signal: ending });
        return checkVerdict(await withDeadline(work, { timeoutMs, signal }), name);
      } catch (error) {
        signal.throwIfAborted();
        if (whenUnchecked === 'pass') return pass;
        return block(
          error instanceof DeadlineExceeded ? `it ${error.message}` : `it threw ${describeError(error)}`,
        );
      }
    },
  });
}
