import type { ChatChunk, ChatModel, ChatRequest } from '@aiwork/core';
import type { ChatModelUnderTest } from '../../contracts/chat-model/chat-model-under-test.ts';
import { inClients } from '../saboteur.ts';
import { referenceChatModel } from './reference.ts';
import type { ChatModelRules } from './reference-chat-model.ts';

/** The mistake is in the model; everything else of it stays. */
export const broken = (breakIt: (model: ChatModel) => Partial<ChatModel>) =>
  inClients<ChatModelUnderTest>(({ model, impatient }) => ({
    model: { ...model, ...breakIt(model) },
    impatient: { ...impatient, ...breakIt(impatient) },
  }));

/** The mistake is in a rule that the reference follows. */
export const ruled = (changes: Partial<ChatModelRules>) => () => referenceChatModel(changes);

/** Gives other chunks in the place of each. */
export const chunksAs = (change: (chunk: ChatChunk) => readonly ChatChunk[]) =>
  broken((model) => ({
    async *stream(request, options) {
      for await (const chunk of model.stream(request, options)) yield* change(chunk);
    },
  }));

/** Asks for something else. */
export const asks = (change: (request: ChatRequest) => ChatRequest) =>
  broken((model) => ({ stream: (request, options) => model.stream(change(request), options) }));

/** Throws something else, unless the signal aborted. */
export const throwsAs = (change: (error: unknown) => unknown) =>
  broken((model) => ({
    async *stream(request, options) {
      try {
        yield* model.stream(request, options);
      } catch (error) {
        options.signal.throwIfAborted();
        throw change(error);
      }
    },
  }));
