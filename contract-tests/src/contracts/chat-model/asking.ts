import type { AiworkError, ChatChunk, ChatModel, ChatRequest, ToolCall } from '@aiwork/core';
import type { Answer } from '../../chat-server/chat-scene.ts';
import type { Exchange } from '../../chat-server/exchange.ts';
import type { CheckContext } from '../../engine/check-context.ts';
import { show, Violation } from '../../engine/violation.ts';
import { collect } from '../collect.ts';
import type { ChatModelUnderTest } from './chat-model-under-test.ts';

export const question: ChatRequest = { messages: [{ role: 'user', content: 'Hello?' }] };

/** The whole reply. */
export const ask = (
  model: ChatModel,
  request: ChatRequest = question,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly ChatChunk[]> => collect(model.stream(request, { signal }));

/** The text of a reply. */
export const textOf = (chunks: readonly ChatChunk[]): string =>
  chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');

export const callsOf = (chunks: readonly ChatChunk[]): readonly ToolCall[] =>
  chunks.flatMap((chunk) =>
    chunk.type === 'tool-call' ? [{ id: chunk.id, name: chunk.name, input: chunk.input }] : [],
  );

/** The error of a call that has to fail. */
export const failureOf = (
  t: CheckContext<ChatModelUnderTest>,
  model: ChatModel,
  what: string,
): Promise<AiworkError> => t.refuses(() => ask(model), what, { notApplied: false });

/** It answers again: a model that refuses everything is no model. */
export async function answersAgain(
  t: CheckContext<ChatModelUnderTest>,
  { model, provider }: ChatModelUnderTest,
  after: string,
): Promise<void> {
  provider.reply({ text: ['fine'], reason: 'stop' });
  t.same(textOf(await ask(model)), 'fine', `the answer after ${after}`);
}

/** Plays an answer, and gives the exchange once it has begun. */
export function playOnce({ provider }: ChatModelUnderTest, answer: Answer): Promise<Exchange> {
  const { promise, resolve } = Promise.withResolvers<Exchange>();
  provider.play(async (exchange) => {
    resolve(exchange);
    await answer(exchange);
  });
  return promise;
}

/** The exchange of a call that is under way. A call that ends without having asked would be waited for in vain. */
export function exchangeOf(begun: Promise<Exchange>, call: Promise<unknown>): Promise<Exchange> {
  const ended = call.then((end) => {
    throw new Violation('the provider to be asked', show(end));
  });
  return Promise.race([begun, ended]);
}

/** What is thrown by `work`, or `undefined`. */
export async function thrownBy(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error ?? 'nothing';
  }
}
