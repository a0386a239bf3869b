import {
  cosineSimilarity,
  type Embedder,
  embedAll,
  type Guardrail,
  type GuardrailContext,
  type GuardrailInput,
  type Verdict,
} from '@aiwork/core';
import { boundedGuardrail } from '../combine/bounded-guardrail.ts';
import { checkOptions, type GuardrailOptions, oneOf, refuse } from '../guardrail-options.ts';
import { fail, type OnFail, pass, tooLong } from '../verdict.ts';
import { type Content, contentOf, sentencesOf } from './sentences.ts';

/** @since 0.1.0 */
export interface GroundingGuardrailOptions extends GuardrailOptions {
  /** The passages that an answer has to rest on, of the run and step in its context. */
  readonly passages: (context: GuardrailContext) => readonly string[] | Promise<readonly string[]>;
  /** Which part of the longer words of a sentence has to be in one passage, above 0 and up to 1. Default 0.5. */
  readonly minWords?: number;
  /** Compares by meaning what has too few words in common. Without it only words count. */
  readonly embedder?: Embedder;
  /** From which cosine on a sentence and one of a passage mean the same. It depends on the model. Default 0.7. */
  readonly minSimilarity?: number;
  /** What happens with an answer that has sentences of its own. Default `retry`. */
  readonly onFail?: OnFail;
  /** Most milliseconds one check may take before the answer is blocked. Default 10,000. */
  readonly timeoutMs?: number;
}

/**
 * Looks whether each sentence of an answer rests on a passage: by the words they share, and by meaning where there is an
 * embedder. A number has to be in a passage as it is. That a sentence shares words with a passage does not make it follow
 * from it: one that says the opposite in the same words is not found.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @example
 * ```ts
 * import { groundingGuardrail } from '@aiwork/guardrails';
 *
 * const grounded = groundingGuardrail({
 *   name: 'grounded',
 *   passages: () => ['The bridge was opened in 1932. It is 503 metres long.'],
 * });
 * const { signal } = new AbortController();
 * const text = 'The bridge was opened in 1932. It cost 6 million pounds.';
 * console.log(await grounded.check({ text, final: true }, { signal }));
 * // { action: 'retry', feedback: 'of 2 sentences, these rest on no passage: 2. Say only what the passages say, with their numbers.' }
 * ```
 * @since 0.1.0
 */
export function groundingGuardrail(options: GroundingGuardrailOptions): Guardrail {
  const { name, on, maxTextBytes } = checkOptions(options);
  const onFail = oneOf(options.onFail ?? 'retry', ['block', 'retry'], 'onFail', name);
  const { passages, embedder, timeoutMs = 10_000 } = options;
  const minWords = share(options.minWords ?? 0.5, 'minWords', name);
  const minSimilarity = share(options.minSimilarity ?? 0.7, 'minSimilarity', name);
  if (typeof passages !== 'function')
    refuse(`guardrail "${name}" has no passages: give \`passages\` a function`);

  const asking: Guardrail = {
    name,
    on,
    async check({ text }: GuardrailInput, context: GuardrailContext): Promise<Verdict> {
      const sources = await passages(context);
      const sentences = sentencesOf(text).map((sentence) => ({ sentence, content: contentOf(sentence) }));
      const grounds = sources.map(contentOf);
      const isKnown = (number: string) => grounds.some(({ numbers }) => numbers.has(number));
      const open: number[] = [];
      const unsupported: number[] = [];
      for (const [i, { content }] of sentences.entries()) {
        if (![...content.numbers].every(isKnown)) unsupported.push(i);
        else if (!grounds.some((ground) => shares(content, ground, minWords))) open.push(i);
      }
      if (embedder && open.length > 0) {
        const asked = open.map((i) => sentences[i]?.sentence ?? '');
        const near = await nearest(asked, sources.flatMap(sentencesOf), embedder, context.signal);
        unsupported.push(...open.filter((_, n) => (near[n] ?? -1) < minSimilarity));
      } else unsupported.push(...open);
      if (unsupported.length === 0) return pass;
      const which = unsupported
        .sort((a, b) => a - b)
        .map((i) => i + 1)
        .join(', ');
      return fail(
        onFail,
        `of ${sentences.length} sentences, these rest on no passage: ${which}. Say only what the passages say, with their numbers.`,
      );
    },
  };
  const bounded = boundedGuardrail({ guardrail: asking, timeoutMs });
  return Object.freeze({
    name,
    on,
    check(input: GuardrailInput, context: GuardrailContext): Promise<Verdict> | Verdict {
      const long = tooLong(input.text, maxTextBytes);
      if (long) return long;
      // Half a sentence may still come to rest on a passage.
      return input.final ? bounded.check(input, context) : pass;
    },
  });
}

function shares({ words }: Content, ground: Content, minWords: number): boolean {
  if (words.size === 0) return true;
  const shared = [...words].filter((word) => ground.words.has(word)).length;
  return shared / words.size >= minWords;
}

/** How near each text is to the nearest of the others, as a cosine. */
async function nearest(
  texts: readonly string[],
  others: readonly string[],
  embedder: Embedder,
  signal: AbortSignal,
): Promise<readonly number[]> {
  if (others.length === 0) return texts.map(() => -1);
  const vectors = await embedAll(embedder, [...texts, ...others], { signal });
  const known = vectors.slice(texts.length);
  return vectors
    .slice(0, texts.length)
    .map((vector) => Math.max(...known.map((other) => cosineSimilarity(vector, other))));
}

function share(value: number, option: string, name: string): number {
  if (value > 0 && value <= 1) return value;
  return refuse(`${option} of guardrail "${name}" is ${String(value)}: give a number above 0 and up to 1`);
}
