import type { Guardrail, GuardrailContext, GuardrailInput, Verdict } from '@aiwork/core';
import { block } from '../verdict.ts';
import { checkOne } from './check-one.ts';
import { type CombinedOptions, combined } from './combined.ts';

/** @since 0.1.0 */
export interface AnyGuardrailOptions extends CombinedOptions {
  /** Asked in this order, until one lets the text pass. */
  readonly guardrails: readonly Guardrail[];
}

/**
 * Lets a text pass when one of several guardrails does, as it is or as that one redacts it. When none does, the model is
 * asked again if one of them would ask, and told what each of those wants; else the text is blocked.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when there are none, or they look at different places and `on` is not given.
 * @example
 * ```ts
 * import { anyGuardrail, regexGuardrail } from '@aiwork/guardrails';
 *
 * const grounded = anyGuardrail({
 *   name: 'grounded',
 *   guardrails: [
 *     regexGuardrail({ name: 'cites', patterns: { source: /\[\d+\]/ }, expect: 'present', onFail: 'retry' }),
 *     regexGuardrail({ name: 'declines', patterns: { words: /I do not know/ }, expect: 'present', onFail: 'retry' }),
 *   ],
 * });
 * const { signal } = new AbortController();
 * console.log(await grounded.check({ text: 'I do not know.', final: true }, { signal })); // { action: 'pass' }
 * ```
 * @since 0.1.0
 */
export function anyGuardrail(options: AnyGuardrailOptions): Guardrail {
  const { name, on, guardrails } = combined(options, 'any of guardrails');
  return Object.freeze({
    name,
    on,
    async check(input: GuardrailInput, context: GuardrailContext): Promise<Verdict> {
      const asks: string[] = [];
      const reasons: string[] = [];
      for (const guardrail of guardrails) {
        const verdict = await checkOne(guardrail, input, context);
        if (verdict.action === 'pass' || verdict.action === 'redact') return verdict;
        if (verdict.action === 'retry') asks.push(`"${guardrail.name}": ${verdict.feedback}`);
        else reasons.push(`"${guardrail.name}": ${verdict.reason}`);
      }
      if (asks.length > 0) return { action: 'retry', feedback: asks.join('; or ') };
      return block(`none lets it pass: ${reasons.join('; ')}`);
    },
  });
}
