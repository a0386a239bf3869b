import type { Guardrail, GuardrailContext, GuardrailInput, Verdict } from '@aiwork/core';
import { duration } from '../guardrail-options.ts';
import { block, pass } from '../verdict.ts';
import { boundedGuardrail } from './bounded-guardrail.ts';
import { checkOne } from './check-one.ts';
import { type CombinedOptions, combined } from './combined.ts';
import { guardrailChain } from './guardrail-chain.ts';

/** @since 0.1.0 */
export interface ParallelGuardrailsOptions extends CombinedOptions {
  /** All are shown the text at once. */
  readonly guardrails: readonly Guardrail[];
  /** Most milliseconds they may take together. Default 10,000. */
  readonly timeoutMs?: number;
  /** What one counts for that threw or was not done in time, as in `boundedGuardrail`. Default `block`. */
  readonly whenUnchecked?: 'block' | 'pass';
}

/**
 * Several guardrails at the same time, as fast as the slowest. One that blocks ends those
 * behind it; else the model is told
 * what all want that ask again. What one redacts is used; what several redact is redacted by one after the other.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when there are none, or they look at different places and `on` is not given.
 * @example
 * ```ts
 * import { customGuardrail, parallelGuardrails } from '@aiwork/guardrails';
 *
 * const short = customGuardrail({
 *   name: 'short',
 *   check: ({ text }) => (text.length < 20 ? { action: 'pass' } : { action: 'retry', feedback: 'Be brief.' }),
 * });
 * const calm = customGuardrail({
 *   name: 'calm',
 *   check: ({ text }) => (text.includes('!') ? { action: 'retry', feedback: 'Be calm.' } : { action: 'pass' }),
 * });
 * const both = parallelGuardrails({ name: 'style', guardrails: [short, calm], timeoutMs: 1_000 });
 * const { signal } = new AbortController();
 * console.log(await both.check({ text: 'This is important! Now!', final: true }, { signal }));
 * // { action: 'retry', feedback: '"short": Be brief.; "calm": Be calm.' }
 * ```
 * @since 0.1.0
 */
export function parallelGuardrails(options: ParallelGuardrailsOptions): Guardrail {
  const { name, on, guardrails } = combined(options, 'parallel guardrails');
  const timeoutMs = duration(options.timeoutMs ?? 10_000, 'timeoutMs', name);
  const { whenUnchecked = 'block' } = options;
  const bounded = guardrails.map((guardrail) => boundedGuardrail({ guardrail, timeoutMs, whenUnchecked }));

  return Object.freeze({
    name,
    on,
    async check(input: GuardrailInput, context: GuardrailContext): Promise<Verdict> {
      const verdicts = await checkAll(bounded, input, context);
      const said = bounded.flatMap((guardrail, i) => {
        const verdict = verdicts[i];
        return verdict ? [{ guardrail, verdict }] : [];
      });
      for (const { guardrail, verdict } of said) {
        if (verdict.action === 'block') return block(`"${guardrail.name}": ${verdict.reason}`);
      }
      const asks = said.flatMap(({ guardrail, verdict }) =>
        verdict.action === 'retry' ? [`"${guardrail.name}": ${verdict.feedback}`] : [],
      );
      if (asks.length > 0) return { action: 'retry', feedback: asks.join('; ') };
      const redacting = said.filter(({ verdict }) => verdict.action === 'redact');
      if (redacting.length === 0) return pass;
      const inTurn = redacting.map(({ guardrail }) => guardrail);
      return guardrailChain({ name, on, guardrails: inTurn }).check(input, context);
    },
  });
}

/**
 * What each decides. One that blocks ends those behind it, and no one before it: which one blocks must not depend on which
 * one is fast.
 */
async function checkAll(
  guardrails: readonly Guardrail[],
  input: GuardrailInput,
  context: GuardrailContext,
): Promise<readonly (Verdict | undefined)[]> {
  const endings = guardrails.map(() => new AbortController());
  const verdicts = await Promise.all(
    guardrails.map(async (guardrail, i) => {
      const ending = endings[i]?.signal ?? context.signal;
      const signal = AbortSignal.any([context.signal, ending]);
      try {
        const verdict = await checkOne(guardrail, input, { ...context, signal });
        if (verdict.action === 'block') for (const other of endings.slice(i + 1)) other.abort();
        return verdict;
      } catch (error) {
        if (ending.aborted) return undefined;
        throw error;
      }
    }),
  );
  context.signal.throwIfAborted();
  return verdicts;
}
