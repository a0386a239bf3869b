import type { ChatChunk, ChatModel, ChatRequest, ModelReply, ModelUsage } from '../adapters/chat-model.ts';
import { type Clock, systemClock } from '../engine/clock.ts';
import { untilAborted } from '../engine/until-aborted.ts';
import { AiworkError } from '../errors.ts';

/** A reply in parts. @since 0.1.0 */
export interface ScriptedParts {
  readonly text?: string;
  /** Ids are made up when they are not given. */
  readonly toolCalls?: readonly { readonly name: string; readonly input?: unknown; readonly id?: string }[];
  /** By default the words of request and reply are counted. `false`: the model does not say. */
  readonly usage?: ModelUsage | false;
  /** Default: `tool-calls` when there are any, else `stop`. */
  readonly reason?: ModelReply['reason'];
  /** Breaks off with it after everything else. */
  readonly error?: unknown;
}

/** What a scripted model says: a text, a reply in parts, or an error to throw. @since 0.1.0 */
export type ScriptedReply = string | ScriptedParts | Error;

/** A reply, or a function that makes one of the request. @since 0.1.0 */
export type ScriptStep =
  | ScriptedReply
  | ((
      request: ChatRequest,
      options: { readonly signal: AbortSignal },
    ) => ScriptedReply | Promise<ScriptedReply>);

/** @since 0.1.0 */
export interface ScriptedChatModelOptions {
  /** Default `scripted`. */
  readonly id?: string;
  /** Characters (code units) of text in a chunk. Default: all in one. */
  readonly chunkLength?: number;
  /** Time before each chunk, in milliseconds of `clock`. Default 0. */
  readonly delayMs?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** @since 0.1.0 */
export interface ScriptedChatModel extends ChatModel {
  /** What it was asked so far. */
  readonly requests: readonly ChatRequest[];
  /** Replies that nobody has asked for yet. */
  readonly remaining: number;
}

/**
 * A chat model for tests that says what it is told to, reply by reply.
 *
 * @throws while streaming: `AIWORK_MODEL_SCRIPT_EXHAUSTED` when it is asked for more replies than it has.
 * @example
 * ```ts
 * import { generate } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 *
 * const model = scriptedChatModel([{ toolCalls: [{ name: 'add', input: { a: 1, b: 2 } }] }, 'It is 3.']);
 * const ask = { messages: [{ role: 'user', content: '1 + 2?' }] } as const;
 * console.log((await generate(model, ask)).toolCalls[0]?.name); // add
 * console.log((await generate(model, ask)).text, model.requests.length); // It is 3. 2
 * ```
 * @since 0.1.0
 */
export function scriptedChatModel(
  script: readonly ScriptStep[],
  options: ScriptedChatModelOptions = {},
): ScriptedChatModel {
  const { id = 'scripted', delayMs = 0, clock = systemClock } = options;
  const requests: ChatRequest[] = [];

  async function* replyTo(
    request: ChatRequest,
    turn: number,
    signal: AbortSignal,
  ): AsyncGenerator<ChatChunk> {
    signal.throwIfAborted();
    const step = script[turn];
    if (step === undefined) throw exhausted(id, script.length, request);
    const reply = typeof step === 'function' ? await untilAborted(step(request, { signal }), signal) : step;
    if (reply instanceof Error) throw reply;
    const parts = typeof reply === 'string' ? { text: reply } : reply;
    for (const chunk of chunksOf(parts, request, turn, options.chunkLength)) {
      if (delayMs > 0) await passTime(delayMs, clock, signal);
      signal.throwIfAborted();
      if (chunk.type === 'done' && parts.error !== undefined) throw parts.error;
      yield chunk;
    }
  }

  return {
    id,
    requests,
    get remaining() {
      return Math.max(0, script.length - requests.length);
    },
    stream(request, { signal }) {
      requests.push(structuredClone(request));
      return replyTo(request, requests.length - 1, signal);
    },
  };
}

function* chunksOf(
  { text = '', toolCalls = [], usage, reason }: ScriptedParts,
  request: ChatRequest,
  turn: number,
  chunkLength = Math.max(1, text.length),
): Generator<ChatChunk> {
  for (let start = 0; start < text.length; start += chunkLength) {
    yield { type: 'text', text: text.slice(start, start + chunkLength) };
  }
  for (const [i, { id, name, input = {} }] of toolCalls.entries()) {
    yield { type: 'tool-call', id: id ?? `call-${turn + 1}.${i + 1}`, name, input };
  }
  if (usage !== false) yield { type: 'usage', ...(usage ?? countWords(request, text)) };
  yield { type: 'done', reason: reason ?? (toolCalls.length > 0 ? 'tool-calls' : 'stop') };
}

const words = (text: string) => text.match(/\S+/g)?.length ?? 0;

function countWords({ messages }: ChatRequest, text: string): ModelUsage {
  return {
    inputTokens: messages.reduce((sum, message) => sum + words(message.content), 0),
    outputTokens: words(text),
  };
}

function passTime(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  let cancel: (() => void) | undefined;
  const passed = new Promise<void>((resolve) => {
    cancel = clock.setTimer(ms, resolve);
  });
  return untilAborted(passed, signal).finally(() => cancel?.());
}

function exhausted(id: string, length: number, { messages }: ChatRequest): AiworkError {
  const last = messages.at(-1);
  return new AiworkError(
    'AIWORK_MODEL_SCRIPT_EXHAUSTED',
    `chat model "${id}" has a script of ${length} and was asked for reply ${length + 1}, after ${last ? `a ${last.role} message: ${JSON.stringify(last.content.slice(0, 200))}` : 'no message'}`,
  );
}
