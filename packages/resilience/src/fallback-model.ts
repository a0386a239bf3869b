import type { ChatModel, PricePerToken } from '@aiwork/core';
import { invalidArgument, wholeChatModel } from '@aiwork/core/adapter-kit';
import { firstThatAnswers } from './first-that-answers.ts';
import { modelFacts, modelSource } from './model-source.ts';
import { type ProtectOptions, pipeline } from './pipeline.ts';

/** @since 0.1.0 */
export interface FallbackOptions extends ProtectOptions {
  /** Default: the ids of the models or calls, with ` > ` between. */
  readonly id?: string;
  /** Whether what failed with this is asked of the next. Default: always. */
  fallOn?(error: unknown): boolean;
}

/**
 * A chat model that asks the first of `models`, and each next one when the one before failed before it gave a part of its
 * reply. Each event `fallback` says from which, to which, and why. Put layers around each model: a breaker makes a provider
 * that is down cost nothing. Its `price` is the highest of theirs, where all tell one.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` without models. While streaming: `AIWORK_ALL_FAILED` when all failed, with the reasons
 * in its message and their errors in its cause, an `AggregateError`; it is `retryable` when one of them is, and its
 * `outcome` is `unknown` when that of one is.
 * @example
 * ```ts
 * import { AiworkError, generate } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { fallbackModel } from '@aiwork/resilience';
 *
 * const down = scriptedChatModel([new AiworkError('AIWORK_MODEL_UNAVAILABLE', 'status 503', { retryable: true })], { id: 'a' });
 * const model = fallbackModel([down, scriptedChatModel(['Hello.'], { id: 'b' })], {
 *   onEvent: (event) => event.type === 'fallback' && console.log(event.from, event.to, event.error.message),
 * });
 * console.log((await generate(model, { messages: [{ role: 'user', content: 'Hi' }] })).text);
 * // a b status 503
 * // Hello.
 * ```
 * @since 0.1.0
 */
export function fallbackModel(models: readonly ChatModel[], options: FallbackOptions = {}): ChatModel {
  if (models.length === 0) throw invalidArgument('a fallback has no models: give at least one');
  const { id = models.map((model) => model.id).join(' > '), fallOn = () => true } = options;
  const named = models.map((model) => ({ id: model.id, source: modelSource(model) }));
  const ask = pipeline(id, firstThatAnswers(named, fallOn), [], modelFacts, options);
  const stream: ChatModel['stream'] = (request, { signal }) => ask(request, { signal });
  return wholeChatModel({ id, price: highestPrice(models), stream });
}

/** The most, whichever of them answers: not known where one does not tell its own. */
function highestPrice(models: readonly ChatModel[]): PricePerToken | undefined {
  const prices = models.flatMap(({ price }) => price ?? []);
  if (prices.length < models.length) return undefined;
  return {
    inputToken: Math.max(...prices.map(({ inputToken }) => inputToken)),
    outputToken: Math.max(...prices.map(({ outputToken }) => outputToken)),
  };
}
