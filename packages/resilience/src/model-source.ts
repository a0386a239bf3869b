import { AiworkError, type ChatChunk, type ChatModel, type ChatRequest } from '@aiwork/core';
import { untilAborted } from '@aiwork/core/adapter-kit';
import type { Source } from './layer.ts';
import type { ItemFacts } from './pipeline.ts';

/** The model's chunks up to `done`; whether or not it listens to its signal, reading ends when that aborts. */
export function modelSource(model: ChatModel): Source<ChatRequest, ChatChunk> {
  return async function* (request, { signal }) {
    signal.throwIfAborted();
    const chunks = model.stream(request, { signal })[Symbol.asyncIterator]();
    let isOver = false;
    try {
      for (;;) {
        const next = await untilAborted(chunks.next(), signal);
        if (next.done) throw cutOff(model.id);
        yield next.value;
        if (next.value.type === 'done') return;
      }
    } catch (error) {
      isOver = !signal.aborted;
      throw error;
    } finally {
      // Not awaited: a stream that hangs would hold up everything. Nobody is left to tell of a failure.
      if (!isOver) Promise.resolve(chunks.return?.()).catch(() => {});
    }
  };
}

function cutOff(id: string): AiworkError {
  return new AiworkError(
    'AIWORK_MODEL_INVALID_REPLY',
    `chat model "${id}" ended its reply without "done": the connection may have broken off`,
    { retryable: true },
  );
}

const isEnd = ({ type }: ChatChunk) => type === 'done';

function isShown(chunk: ChatChunk): boolean {
  return chunk.type === 'text' ? chunk.text !== '' : chunk.type !== 'usage';
}

const charactersOfToken = 4;
/** Of messages, tools and roles, beside their text. */
const tokensOfMessage = 4;

/** From what is asked alone: models count differently, and none is asked. */
function estimateTokens({ messages, tools, schema, maxTokens = 0 }: ChatRequest): number {
  let characters = tools || schema ? JSON.stringify([tools, schema]).length : 0;
  for (const message of messages) {
    characters += message.content.length + tokensOfMessage * charactersOfToken;
    if (message.role === 'assistant' && message.toolCalls)
      characters += JSON.stringify(message.toolCalls).length;
  }
  return Math.ceil(characters / charactersOfToken) + maxTokens;
}

function tokensOf(chunk: ChatChunk): number | undefined {
  return chunk.type === 'usage' ? chunk.inputTokens + chunk.outputTokens : undefined;
}

/** What layers have to know of chunks. */
export const modelFacts: ItemFacts<ChatRequest, ChatChunk> = {
  isOutput: isShown,
  isEnd,
  estimateTokens,
  tokensOf,
};
