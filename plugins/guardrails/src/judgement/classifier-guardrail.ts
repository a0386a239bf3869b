import type { Guardrail, GuardrailContext, GuardrailInput, Verdict } from '@aiwork/core';
import { boundedGuardrail } from '../combine/bounded-guardrail.ts';
import { checkOptions, type GuardrailOptions, oneOf, refuse } from '../guardrail-options.ts';
import { fail, type OnFail, pass, tooLong } from '../verdict.ts';

/** @since 0.1.0 */
export interface ClassifierGuardrailOptions extends GuardrailOptions {
  /** Says how much a text is of each kind, from 0 to 1. Asks a model, so it may take its time. */
  readonly classify: (
    text: string,
    options: { readonly signal: AbortSignal },
  ) => Promise<Readonly<Record<string, number>>>;
  /** From which score on each kind is not let through. Other kinds do not count. */
  readonly limits: Readonly<Record<string, number>>;
  /** What happens with a text that is over a limit. Default `block`. */
  readonly onFail?: OnFail;
  /** Most milliseconds one check may take. Default 10,000. */
  readonly timeoutMs?: number;
  /** What happens with a text that could not be classified: it is blocked, or passes. Default `block`. */
  readonly whenUnchecked?: 'block' | 'pass';
}

/**
 * Has a model of yours say what a text is, toxic for instance. This package brings none: give a classifier on a model
 * runtime, or a chat model that is asked for scores.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used. `check` gives `whenUnchecked` where a kind that has a
 * limit has no score.
 * @example
 * ```ts
 * import { generate } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { classifierGuardrail } from '@aiwork/guardrails';
 *
 * const judge = scriptedChatModel(['{ "toxic": 0.92 }']);
 * const kind = classifierGuardrail({
 *   name: 'kind',
 *   limits: { toxic: 0.8 },
 *   async classify(text, { signal }) {
 *     const content = `How toxic is the text between the quotes, from 0 to 1? Answer as { "toxic": number }. ${JSON.stringify(text)}`;
 *     const reply = await generate(judge, { messages: [{ role: 'user', content }] }, { signal });
 *     return JSON.parse(reply.text);
 *   },
 * });
 * const { signal } = new AbortController();
 * console.log(await kind.check({ text: 'You fool.', final: true }, { signal }));
 * // { action: 'block', reason: 'it is "toxic" with a score of 0.92, the limit is 0.8' }
 * ```
 * @since 0.1.0
 */
export function classifierGuardrail(options: ClassifierGuardrailOptions): Guardrail {
  const { name, on, maxTextBytes } = checkOptions(options);
  const onFail = oneOf(options.onFail ?? 'block', ['block', 'retry'], 'onFail', name);
  const { classify, whenUnchecked = 'block', timeoutMs = 10_000 } = options;
  const limits = Object.entries(options.limits ?? {});
  if (limits.length === 0) refuse(`guardrail "${name}" has no limits: give one or more`);
  const wrong = limits.find(([, limit]) => !(limit > 0 && limit <= 1));
  if (wrong)
    refuse(
      `the limit of "${wrong[0]}" of guardrail "${name}" is ${wrong[1]}: give a number above 0 and up to 1`,
    );
  if (typeof classify !== 'function')
    refuse(`guardrail "${name}" cannot classify: give \`classify\` a function`);

  const asking: Guardrail = {
    name,
    on,
    async check({ text }: GuardrailInput, { signal }: GuardrailContext): Promise<Verdict> {
      const scores = await classify(text, { signal });
      for (const [kind, limit] of limits) {
        const score: unknown = scores?.[kind];
        if (typeof score !== 'number' || Number.isNaN(score)) throw new TypeError(`no score of "${kind}"`);
        if (score < limit) continue;
        return fail(
          onFail,
          `it is "${kind}" with a score of ${Number(score.toFixed(3))}, the limit is ${limit}`,
        );
      }
      return pass;
    },
  };
  const bounded = boundedGuardrail({ guardrail: asking, timeoutMs, whenUnchecked });
  return Object.freeze({
    name,
    on,
    check(input: GuardrailInput, context: GuardrailContext): Promise<Verdict> | Verdict {
      const long = tooLong(input.text, maxTextBytes);
      if (long) return long;
      // A model is asked once, about all of it.
      return input.final ? bounded.check(input, context) : pass;
    },
  });
}
