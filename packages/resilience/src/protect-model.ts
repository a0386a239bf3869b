import type { ChatModel } from '@aiwork/core';
import { wholeChatModel } from '@aiwork/core/adapter-kit';
import type { InOrder, Layer } from './layer.ts';
import { modelFacts, modelSource } from './model-source.ts';
import { type ProtectOptions, pipeline } from './pipeline.ts';

/** @since 0.1.0 */
export interface ProtectModelOptions extends ProtectOptions {
  /** Default: that of the model. */
  readonly id?: string;
  /**
   * Until when a reply that fails may be asked for again. `first-output`: until its first text or tool call, which is given
   * at once. `done`: until its end; it is given as a whole, so nothing of it is seen before. Default `first-output`.
   */
  readonly restart?: 'first-output' | 'done';
}

/**
 * Puts layers around a chat model, the outermost first: another chat model.
 *
 * A reply of which a part was given is never begun again: what fails then is thrown, and `call.failed` says `shown`. A reply
 * that ends without `done` has failed.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when the layers are in an order that makes no sense.
 * @example
 * ```ts
 * import { AiworkError, generate } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { protectModel, retry, timeout } from '@aiwork/resilience';
 *
 * const busy = new AiworkError('AIWORK_MODEL_UNAVAILABLE', 'try later', { retryable: true });
 * const model = protectModel(scriptedChatModel([busy, 'It is noon.']), [
 *   retry({ minDelay: 1 }),
 *   timeout({ firstOutput: '20s', idle: '10s' }),
 * ]);
 * const { text } = await generate(model, { messages: [{ role: 'user', content: 'What time is it?' }] });
 * console.log(text); // It is noon.
 * ```
 * @since 0.1.0
 */
export function protectModel<const Layers extends readonly Layer[]>(
  model: ChatModel,
  layers: Layers & InOrder<Layers>,
  options: ProtectModelOptions = {},
): ChatModel {
  const { id = model.id, restart = 'first-output' } = options;
  const facts = restart === 'done' ? { ...modelFacts, isOutput: modelFacts.isEnd } : modelFacts;
  const ask = pipeline(id, modelSource(model), layers, facts, options);
  const stream: ChatModel['stream'] = (request, { signal }) => ask(request, { signal });
  return wholeChatModel({ id, price: model.price, stream });
}
