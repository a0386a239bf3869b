import type { ChatChunk, ModelUsage } from '@aiwork/core';
import { sdkFailure } from '../sdk-failure.ts';
import { invalidReply, toolCallPieces } from '../tool-call-pieces.ts';

/** A part of a streamed reply, of which servers of many makes leave out this or that. @since 0.1.0 */
export interface ChatCompletionPart {
  readonly choices?: readonly WireChoice[] | null;
  readonly usage?: WireUsage | null;
}

/** @since 0.1.0 */
export interface WireChoice {
  readonly delta?: {
    readonly content?: string | null;
    readonly refusal?: string | null;
    readonly tool_calls?: readonly WireCallPiece[] | null;
  } | null;
  readonly finish_reason?: string | null;
  /** Why `finish_reason` is `error`, as OpenRouter has it. */
  readonly error?: unknown;
}

/** @since 0.1.0 */
export interface WireCallPiece {
  readonly index?: number;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null };
}

/** @since 0.1.0 */
export interface WireUsage {
  readonly prompt_tokens?: number | null;
  readonly completion_tokens?: number | null;
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number | null;
    readonly cache_write_tokens?: number | null;
  } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number | null } | null;
  /** In US dollars, as OpenRouter says it. */
  readonly cost?: number | null;
}

/**
 * The chunks of a streamed chat completion. A reply whose end says that the model refused is a `content-filter`.
 *
 * @throws `AIWORK_MODEL_INVALID_REPLY` when the stream ends before the reply does, or the server gives up on it, or holds what
 * cannot be read.
 * @example
 * ```ts
 * import { type ChatCompletionPart, readChatCompletion } from '@aiwork/chat-model-kit';
 *
 * async function* parts(): AsyncGenerator<ChatCompletionPart> {
 *   yield { choices: [{ delta: { content: 'Hi' } }] };
 *   yield { choices: [{ delta: {}, finish_reason: 'stop' }] };
 * }
 * for await (const chunk of readChatCompletion(parts(), 'tiny')) console.log(chunk);
 * // { type: 'text', text: 'Hi' }
 * // { type: 'done', reason: 'stop' }
 * ```
 * @since 0.1.0
 */
export async function* readChatCompletion(
  parts: AsyncIterable<ChatCompletionPart>,
  model: string,
): AsyncGenerator<ChatChunk, void> {
  const calls = toolCallPieces(model);
  let usage: ModelUsage | undefined;
  let finish: string | undefined;
  let refused = false;
  for await (const part of parts) {
    if (part.usage) usage = usageOf(part.usage) ?? usage;
    const [choice] = part.choices ?? [];
    if (!choice) continue;
    if (choice.finish_reason === 'error' || choice.error) {
      throw sdkFailure({ error: choice.error ?? {} }, { model, secrets: [] });
    }
    const { content, refusal, tool_calls: pieces } = choice.delta ?? {};
    if (content) yield { type: 'text', text: textOf(content, model) };
    if (refusal) {
      refused = true;
      yield { type: 'text', text: textOf(refusal, model) };
    }
    for (const [place, { index = place, id, function: called }] of (pieces ?? []).entries()) {
      calls.add({
        index,
        id: id ?? undefined,
        name: called?.name ?? undefined,
        input: called?.arguments ?? undefined,
      });
    }
    // Some servers send an empty one until there is one.
    finish = choice.finish_reason || finish;
  }
  if (finish === undefined) {
    throw invalidReply(model, 'ended its reply before it was whole: the connection may have broken off');
  }
  if (brokenOff.has(finish)) throw invalidReply(model, `was stopped before its reply was whole (${finish})`);
  const reason = refused ? 'content-filter' : (reasons.get(finish) ?? 'stop');
  // Where the reply was cut off, the last call may be cut off, too.
  const whole = reason === 'stop' || reason === 'tool-calls' ? calls.whole() : [];
  yield* whole;
  if (usage) yield { type: 'usage', ...usage };
  yield { type: 'done', reason: whole.length > 0 ? 'tool-calls' : reason };
}

const reasons: ReadonlyMap<string, Extract<ChatChunk, { type: 'done' }>['reason']> = new Map([
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['content_filter', 'content-filter'],
]);

/** Of servers that give up, or are told to: what came until then is no reply. */
const brokenOff: ReadonlySet<string> = new Set(['abort', 'cancelled', 'insufficient_system_resource']);

function textOf(text: unknown, model: string): string {
  if (typeof text === 'string') return text;
  throw invalidReply(model, 'sent a text that is no string');
}

/** Nothing where a server counts nothing. */
function usageOf(usage: WireUsage): ModelUsage | undefined {
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = usage;
  if (!isAmount(inputTokens) || !isAmount(outputTokens)) return undefined;
  const { cached_tokens: cached, cache_write_tokens: written } = usage.prompt_tokens_details ?? {};
  const { reasoning_tokens: reasoning } = usage.completion_tokens_details ?? {};
  return {
    inputTokens,
    outputTokens,
    ...(isAmount(cached) && { cachedInputTokens: cached }),
    ...(isAmount(written) && { cacheWriteTokens: written }),
    ...(isAmount(reasoning) && { reasoningTokens: reasoning }),
    ...(isAmount(usage.cost) && { cost: usage.cost }),
  };
}

const isAmount = (value: number | null | undefined): value is number => typeof value === 'number';
