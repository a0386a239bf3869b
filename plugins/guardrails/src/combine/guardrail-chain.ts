import type { Guardrail, GuardrailContext, GuardrailInput, GuardrailStreaming, Verdict } from '@aiwork/core';
import { throughAll } from '../stream/finding-stream.ts';
import { block, pass } from '../verdict.ts';
import { checkOne } from './check-one.ts';
import { type CombinedOptions, combined } from './combined.ts';

/** @since 0.1.0 */
export interface GuardrailChainOptions extends CombinedOptions {
  /** Run in this order. Chains may hold chains. */
  readonly guardrails: readonly Guardrail[];
}

/**
 * Several guardrails as one. Each is shown what the one before made of the text; the first that blocks or asks for a retry
 * ends the chain, and its reason names it. One that throws blocks.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when there are none, or they look at different places and `on` is not given.
 * @example
 * ```ts
 * import { customGuardrail, guardrailChain, regexGuardrail } from '@aiwork/guardrails';
 *
 * const answers = guardrailChain({
 *   name: 'answers',
 *   guardrails: [
 *     regexGuardrail({ name: 'contacts', patterns: { email: /\S+@\S+/ }, onFail: 'redact' }),
 *     customGuardrail({
 *       name: 'cited',
 *       check: ({ text }) =>
 *         text.includes('[1]') ? { action: 'pass' } : { action: 'retry', feedback: 'Cite a source as [1].' },
 *     }),
 *   ],
 * });
 * const { signal } = new AbortController();
 * console.log(await answers.check({ text: 'Ask ada@example.org', final: true }, { signal }));
 * // { action: 'retry', feedback: '"cited": Cite a source as [1].' }
 * ```
 * @since 0.1.0
 */
export function guardrailChain(options: GuardrailChainOptions): Guardrail {
  const { name, on, guardrails } = combined(options, 'guardrail chain');

  return Object.freeze({
    name,
    on,
    ...streamingOfAll(guardrails),
    async check({ text, final }: GuardrailInput, context: GuardrailContext): Promise<Verdict> {
      let current = text;
      const reasons: string[] = [];
      for (const guardrail of guardrails) {
        const verdict = await checkOne(guardrail, { text: current, final }, context);
        if (verdict.action === 'block') return block(`"${guardrail.name}": ${verdict.reason}`);
        if (verdict.action === 'retry')
          return { action: 'retry', feedback: `"${guardrail.name}": ${verdict.feedback}` };
        if (verdict.action === 'pass') continue;
        current = verdict.text;
        reasons.push(`"${guardrail.name}": ${verdict.reason ?? 'redacted'}`);
      }
      return reasons.length === 0 ? pass : { action: 'redact', text: current, reason: reasons.join('; ') };
    },
  });
}

/** A chain can look at streams when all of its guardrails can. */
function streamingOfAll(guardrails: readonly Guardrail[]): { readonly streaming?: GuardrailStreaming } {
  const all = guardrails.flatMap(({ streaming }) => streaming ?? []);
  if (all.length < guardrails.length) return {};
  const windowChars = all.reduce((sum, streaming) => sum + streaming.windowChars, 0);
  const begin = (context: GuardrailContext) => throughAll(all.map((streaming) => streaming.begin(context)));
  return { streaming: Object.freeze({ windowChars, begin }) };
}
