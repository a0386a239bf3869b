import type { ChatModel } from '@aiwork/core';

// The contract is the TSDoc of `ChatModel` in @aiwork/core. [chat-model.replies] names the checks that hold a line to it:
// `npx aiwork-contract explain ID` says what one is about. @aiwork/chat-model-kit does much of it around any client.

export interface ChatModelOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Most milliseconds in which the provider may send no part of a reply. Default 300,000. */
  readonly timeoutMs?: number;
}

export function createChatModel(
  model: string,
  { baseUrl, apiKey, timeoutMs = 300_000 }: ChatModelOptions,
): ChatModel {
  return {
    id: model,

    // Texts come in pieces, tool calls whole, then usage at most once and `done`. [chat-model.replies] [chat-model.tools]
    // What is asked reaches the provider word for word, once, and not before it is read. [chat-model.requests]
    // Errors are AiworkErrors, truthful about trying again; a stream that breaks off is one. [chat-model.failures]
    // An abort, a silence and a reader that stops close the connection. [chat-model.ending]
    // The key shows nowhere, and no redirect takes it elsewhere. [chat-model.secrets]
    stream(request, { signal }) {
      throw notYet('stream');
    },
  };
}

function notYet(method: keyof ChatModel): Error {
  return new Error(`not implemented yet: ChatModel.${method}`);
}
