import type {
  Guardrail,
  GuardrailContext,
  GuardrailInput,
  GuardrailStage,
  GuardrailStreaming,
  Verdict,
} from '@aiwork/core';
import { describeError } from './describe-error.ts';
import { checkOptions, refuse } from './guardrail-options.ts';
import { throughAll } from './stream/finding-stream.ts';
import { block, checkVerdict, pass } from './verdict.ts';

/** @since 0.1.0 */
export interface GuardrailChainOptions {
  /** Names the chain in verdicts and errors. */
  readonly name: string;
  /** Run in this order. Chains may hold chains. */
  readonly guardrails: readonly Guardrail[];
  /** Where the whole chain looks. Default: where its guardrails do, which then have to agree. */
  readonly on?: readonly GuardrailStage[];
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
  const guardrails = [...(options.guardrails ?? [])];
  if (guardrails.length === 0)
    refuse(`guardrail chain "${options.name}" is empty: give \`guardrails\` one or more`);
  const { name, on } = checkOptions({
    name: options.name,
    on: options.on ?? sharedStages(options.name, guardrails),
  });

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

async function checkOne(
  guardrail: Guardrail,
  input: GuardrailInput,
  context: GuardrailContext,
): Promise<Verdict> {
  context.signal.throwIfAborted();
  try {
    return checkVerdict(await guardrail.check(input, context), guardrail.name);
  } catch (error) {
    context.signal.throwIfAborted();
    return block(`it threw ${describeError(error)}`);
  }
}

function sharedStages(chain: string, guardrails: readonly Guardrail[]): readonly GuardrailStage[] {
  const [first, ...others] = guardrails as [Guardrail, ...Guardrail[]];
  const stages = (guardrail: Guardrail) => [...new Set(guardrail.on)].sort().join(', ');
  const other = others.find((guardrail) => stages(guardrail) !== stages(first));
  if (!other) return first.on;
  return refuse(
    `guardrail chain "${chain}" holds "${first.name}" for ${stages(first)} and "${other.name}" for ${stages(other)}: give the chain \`on\`, or make two chains`,
  );
}
