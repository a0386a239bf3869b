import { invalidArgument } from '@aiwork/core/adapter-kit';
import { type Call, callFacts, callSource, outputOf } from './call-source.ts';
import type { FallbackOptions } from './fallback-model.ts';
import { firstThatAnswers } from './first-that-answers.ts';
import { pipeline } from './pipeline.ts';
import type { ProtectedCall } from './protect-call.ts';

/**
 * A call that makes the first of `calls`, and each next one when the one before failed, as {@link fallbackModel} does with
 * models. The names are theirs in events and errors.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` without calls; the call rejects as a fallback of models does.
 * @example
 * ```ts
 * import { fallbackCall } from '@aiwork/resilience';
 *
 * const search = fallbackCall({
 *   near: async (query: string): Promise<string> => {
 *     throw new Error(`nothing near for ${query}`);
 *   },
 *   far: async (query: string) => `far results for ${query}`,
 * });
 * console.log(await search('tea')); // far results for tea
 * ```
 * @since 0.1.0
 */
export function fallbackCall<Input = void, Output = unknown>(
  calls: Readonly<Record<string, Call<Input, Output>>>,
  options: FallbackOptions = {},
): ProtectedCall<Input, Output> {
  const named = Object.entries(calls).map(([id, call]) => ({ id, source: callSource(call) }));
  if (named.length === 0) throw invalidArgument('a fallback has no calls: give at least one');
  const { id = named.map((each) => each.id).join(' > '), fallOn = () => true } = options;
  const facts = { ...callFacts, estimateTokens: () => 0 };
  const ask = pipeline<Input, Output>(id, firstThatAnswers(named, fallOn), [], facts, options);
  return (input, callOptions) => outputOf(ask, input, callOptions);
}
