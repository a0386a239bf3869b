import { expectTypeOf, it } from 'vitest';
import type { ChatModel } from '../adapters/chat-model.ts';
import { wholeChatModel } from './whole-chat-model.ts';

declare const inner: ChatModel;

it('lets no member be forgotten, also none that may be left out', () => {
  expectTypeOf(wholeChatModel).parameter(0).toHaveProperty('price');
  wholeChatModel({ id: 'a', price: undefined, stream: inner.stream });
  // @ts-expect-error the price is forgotten
  wholeChatModel({ id: 'a', stream: inner.stream });
});
