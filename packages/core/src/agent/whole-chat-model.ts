import type { ChatModel } from '../adapters/chat-model.ts';

/** Every member of a chat model, also those it may leave out: whoever builds one of another says what becomes of each. @since 0.1.0 */
export type ChatModelMembers = { readonly [Member in keyof Required<ChatModel>]: ChatModel[Member] };

/**
 * A chat model for code that puts something around another: all members have to be named, those that are `undefined` are
 * left out. What chat models may tell in a later version is then a type error, and not lost on the way.
 *
 * @example
 * ```ts
 * import type { ChatModel } from '@aiwork/core';
 * import { wholeChatModel } from '@aiwork/core/adapter-kit';
 *
 * function politely(model: ChatModel): ChatModel {
 *   const please = { role: 'system', content: 'Be polite.' } as const;
 *   return wholeChatModel({
 *     id: model.id,
 *     price: model.price,
 *     stream: (request, options) =>
 *       model.stream({ ...request, messages: [please, ...request.messages] }, options),
 *   });
 * }
 * ```
 * @since 0.1.0
 */
export function wholeChatModel({ price, ...model }: ChatModelMembers): ChatModel {
  return { ...model, ...(price && { price }) };
}
