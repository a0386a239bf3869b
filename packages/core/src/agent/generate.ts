import type {
  ChatChunk,
  ChatModel,
  ChatRequest,
  ModelReply,
  ModelUsage,
  ToolCall,
} from '../adapters/chat-model.ts';
import { untilAborted } from '../engine/until-aborted.ts';
import { AiworkError } from '../errors.ts';

/** @since 0.1.0 */
export interface GenerateOptions {
  /** Sees each part as it comes. */
  onChunk?(chunk: ChatChunk): void;
  readonly signal?: AbortSignal;
}

/**
 * Asks a chat model and collects its stream into one reply. When `signal` aborts, rejects with its reason at once, even
 * if the model does not listen to it.
 *
 * @throws `AIWORK_MODEL_INVALID_REPLY` when the stream ends without `done` (`retryable`) or holds something that is not a
 * chunk; whatever the model throws.
 * @example
 * ```ts
 * import { generate } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 *
 * const model = scriptedChatModel(['It is noon.']);
 * const { text } = await generate(model, { messages: [{ role: 'user', content: 'What time is it?' }] });
 * console.log(text); // It is noon.
 * ```
 * @since 0.1.0
 */
export async function generate(
  model: ChatModel,
  request: ChatRequest,
  options: GenerateOptions = {},
): Promise<ModelReply> {
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const chunks = model.stream(request, { signal })[Symbol.asyncIterator]();
  try {
    const reply = await collect(chunks, model.id, signal, options.onChunk);
    await untilAborted(chunks.return?.(), signal);
    return reply;
  } catch (error) {
    // Not awaited: a stream that hangs would hold up the error. There is nobody left to tell of another one.
    Promise.resolve(chunks.return?.()).catch(() => {});
    signal.throwIfAborted();
    throw error;
  }
}

async function collect(
  chunks: AsyncIterator<ChatChunk>,
  model: string,
  signal: AbortSignal,
  onChunk: GenerateOptions['onChunk'],
): Promise<ModelReply> {
  const texts: string[] = [];
  const toolCalls: ToolCall[] = [];
  let usage: ModelUsage | undefined;
  for (;;) {
    const { done, value } = await untilAborted(chunks.next(), signal);
    if (done)
      throw invalidReply(model, 'ended its reply without "done": the connection may have broken off', true);
    const chunk = checkChunk(value, model);
    onChunk?.(chunk);
    if (chunk.type === 'text') texts.push(chunk.text);
    else if (chunk.type === 'usage') usage = usageOf(chunk);
    else if (chunk.type === 'tool-call') {
      const { id, name, input } = chunk;
      if (toolCalls.some((call) => call.id === id)) {
        throw invalidReply(model, `gave two tool calls the id ${JSON.stringify(id)}`);
      }
      toolCalls.push({ id, name, input });
    } else {
      if (chunk.reason === 'tool-calls' && toolCalls.length === 0) {
        throw invalidReply(model, 'ended its reply with "tool-calls" but called none');
      }
      return { text: texts.join(''), toolCalls, reason: chunk.reason, ...(usage && { usage }) };
    }
  }
}

const details = ['cachedInputTokens', 'cacheWriteTokens', 'reasoningTokens', 'cost'] as const;

function usageOf(chunk: ModelUsage): ModelUsage {
  const { inputTokens, outputTokens } = chunk;
  const told = details.flatMap((name) => (chunk[name] === undefined ? [] : [[name, chunk[name]] as const]));
  return { inputTokens, outputTokens, ...Object.fromEntries(told) };
}

const reasons = ['stop', 'tool-calls', 'length', 'content-filter'];
const isAmount = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** Models are adapters of anybody's: what they give is looked at before it is believed. */
function checkChunk(value: unknown, model: string): ChatChunk {
  const chunk = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const valid =
    chunk['type'] === 'text'
      ? typeof chunk['text'] === 'string'
      : chunk['type'] === 'tool-call'
        ? typeof chunk['id'] === 'string' && typeof chunk['name'] === 'string'
        : chunk['type'] === 'usage'
          ? isAmount(chunk['inputTokens']) &&
            isAmount(chunk['outputTokens']) &&
            details.every((name) => chunk[name] === undefined || isAmount(chunk[name]))
          : chunk['type'] === 'done' && reasons.includes(chunk['reason'] as string);
  if (valid) return value as ChatChunk;
  const kind = chunk['type'] === undefined ? typeof value : JSON.stringify(chunk['type']);
  throw invalidReply(model, `gave a malformed chunk (${kind})`);
}

function invalidReply(model: string, problem: string, retryable = false): AiworkError {
  return new AiworkError('AIWORK_MODEL_INVALID_REPLY', `chat model "${model}" ${problem}`, { retryable });
}
