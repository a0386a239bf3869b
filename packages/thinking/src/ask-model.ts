import { createHash } from 'node:crypto';
import {
  AiworkError,
  type ChatModel,
  type ChatRequest,
  type GenerateOptions,
  type ModelReply,
  type ModelUsage,
} from '@aiwork/core';
import { canonicalJson } from '@aiwork/core/adapter-kit';
import type { Purse, Refusal, Reservation, Share } from './budget/purse.ts';

/** A reply as it is recorded. */
export interface RecordedReply {
  readonly text: string;
  /** Absent where the model did not say. */
  readonly usage?: ModelUsage;
}

/**
 * Keeps the result of a call under its id, and gives it back instead of making the call again, as `once` of a step does.
 *
 * @since 0.1.0
 */
export type Recorder = <T>(id: string, call: () => Promise<T>) => Promise<T>;

/** What became of a call. */
export type Asked =
  | { readonly text: string }
  | { readonly lost: string; readonly error: unknown }
  | { readonly refused: Refusal };

export interface AskModelOptions {
  readonly model: ChatModel;
  readonly purse: Purse;
  readonly inputTokensOf: (request: ChatRequest) => number;
  readonly record: Recorder;
  generate(model: ChatModel, request: ChatRequest, options: GenerateOptions): Promise<ModelReply>;
}

/** What was asked under an id may differ when an earlier call comes through that was lost before: then it is another call. */
const digestOf = (request: ChatRequest) =>
  createHash('sha256').update(canonicalJson(request)).digest('base64url').slice(0, 10);

/** A function that makes calls within the purse. It throws nothing: a call that fails is lost, with the reason. */
export function createAskModel(options: AskModelOptions) {
  const { purse, inputTokensOf, record } = options;
  return async function askModel(
    id: string,
    request: ChatRequest & { readonly maxTokens: number },
    signal: AbortSignal,
  ): Promise<Asked> {
    const share = { inputTokens: inputTokensOf(request), outputTokens: request.maxTokens };
    const heard: Heard = { text: '', isWhole: false };
    let reservation: Reservation | undefined;
    try {
      const reserved = await purse.reserve(share, signal);
      if (!('settle' in reserved)) return { refused: reserved };
      reservation = reserved;
      const { text, usage } = await record(`${id}~${digestOf(request)}`, () =>
        call(options, request, heard, signal),
      );
      // A model that does not say what it used counts as if it had used what it may.
      reservation.settle(usage ?? share);
      return { text };
    } catch (error) {
      // What a lost call used is used all the same.
      reservation?.settle(
        heard.usage ?? (heard.isWhole ? share : { ...share, outputTokens: begun(heard, share) }),
      );
      return { lost: reasonOf(error), error };
    }
  };

  /** What is there of a reply that broke off, where the model did not say. */
  function begun({ text }: Heard, { outputTokens }: Share): number {
    if (text === '') return 0;
    return Math.min(outputTokens, inputTokensOf({ messages: [{ role: 'assistant', content: text }] }));
  }
}

export type AskModel = ReturnType<typeof createAskModel>;

/** What came of a reply so far. */
interface Heard {
  text: string;
  usage?: ModelUsage;
  isWhole: boolean;
}

async function call(
  { model, generate }: Pick<AskModelOptions, 'model' | 'generate'>,
  request: ChatRequest,
  heard: Heard,
  signal: AbortSignal,
): Promise<RecordedReply> {
  const reply = await generate(model, request, {
    onChunk(chunk) {
      if (chunk.type === 'usage') heard.usage = chunk;
      else if (chunk.type === 'text') heard.text += chunk.text;
    },
    signal,
  });
  heard.isWhole = true;
  requireWhole(reply, model.id, request.maxTokens);
  return { text: reply.text, ...(reply.usage && { usage: reply.usage }) };
}

function requireWhole({ reason, text }: ModelReply, model: string, maxTokens?: number): void {
  const incomplete = (problem: string) =>
    new AiworkError('AIWORK_MODEL_INCOMPLETE', `chat model "${model}" ${problem}`);
  if (reason === 'length') {
    throw incomplete(`stopped at its length limit (maxTokens ${maxTokens}): its reply is not whole`);
  }
  if (reason === 'content-filter') throw incomplete('was stopped by a content filter');
  if (reason === 'tool-calls') throw incomplete('called tools, though it was offered none');
  if (text.trim() === '') throw incomplete('gave an empty reply');
}

function reasonOf(error: unknown): string {
  if (AiworkError.isInstance(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
