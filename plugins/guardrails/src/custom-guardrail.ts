import type { Guardrail, GuardrailContext, GuardrailInput, Verdict } from '@aiwork/core';
import { DeadlineExceeded, withDeadline } from './deadline.ts';
import { describeError } from './describe-error.ts';
import { checkOptions, duration, type GuardrailOptions, refuse } from './guardrail-options.ts';
import { block, checkVerdict, tooLong } from './verdict.ts';

/** @since 0.1.0 */
export interface CustomGuardrailOptions extends GuardrailOptions {
  /**
   * Decides on a text. Its context's `signal` aborts with the run and after `timeoutMs`. While a text is still being
   * streamed, `input.final` is `false`.
   */
  readonly check: (input: GuardrailInput, context: GuardrailContext) => Verdict | Promise<Verdict>;
  /** Most milliseconds one check may take before the text is blocked. Default 10,000. */
  readonly timeoutMs?: number;
}

/**
 * A guardrail of your own. A function that throws, or does not answer in time, blocks the text with a reason. (One that
 * never gives control back, as an endless loop does, cannot be stopped from outside.)
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used. `check` rejects with `AIWORK_INVALID_VERDICT` when the
 * function returns something that is no verdict.
 * @example
 * ```ts
 * import { customGuardrail } from '@aiwork/guardrails';
 *
 * const short = customGuardrail({
 *   name: 'short',
 *   check: ({ text }) =>
 *     text.length <= 280 ? { action: 'pass' } : { action: 'retry', feedback: 'Answer in at most 280 characters.' },
 * });
 * const { signal } = new AbortController();
 * console.log(await short.check({ text: 'Yes.', final: true }, { signal })); // { action: 'pass' }
 * ```
 * @since 0.1.0
 */
export function customGuardrail(options: CustomGuardrailOptions): Guardrail {
  const { name, on, maxTextBytes } = checkOptions(options);
  const timeoutMs = duration(options.timeoutMs ?? 10_000, 'timeoutMs', name);
  const decide = options.check;
  if (typeof decide !== 'function') refuse(`guardrail "${name}" has no function: give \`check\` one`);

  return Object.freeze({
    name,
    on,
    async check(input: GuardrailInput, context: GuardrailContext): Promise<Verdict> {
      const { signal } = context;
      const long = tooLong(input.text, maxTextBytes);
      if (long) return long;
      let verdict: unknown;
      try {
        verdict = await withDeadline((ending) => decide(input, { ...context, signal: ending }), {
          timeoutMs,
          signal,
        });
      } catch (error) {
        signal.throwIfAborted();
        return block(
          error instanceof DeadlineExceeded ? `it ${error.message}` : `it threw ${describeError(error)}`,
        );
      }
      return checkVerdict(verdict, name);
    },
  });
}
