import { invalidReply, toolCallPieces } from '@aiwork/chat-model-kit';
import type { ChatChunk, ModelUsage } from '@aiwork/core';
import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';

/**
 * The chunks of a streamed message.
 *
 * @throws `AIWORK_MODEL_INVALID_REPLY` when the stream ends before the message does.
 */
export async function* readMessage(
  events: AsyncIterable<RawMessageStreamEvent>,
  model: string,
): AsyncGenerator<ChatChunk, void> {
  const calls = toolCallPieces(model);
  let usage: ReportedUsage = {};
  let stopReason: string | null = null;
  let ended = false;
  for await (const event of events) {
    if (event.type === 'message_start') usage = merged(usage, event.message.usage);
    else if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') {
      const { id, name } = event.content_block;
      calls.add({ index: event.index, id, name });
    } else if (event.type === 'content_block_delta') {
      const { delta } = event;
      if (delta.type === 'text_delta' && delta.text !== '') yield { type: 'text', text: delta.text };
      else if (delta.type === 'input_json_delta')
        calls.add({ index: event.index, input: delta.partial_json });
    } else if (event.type === 'message_delta') {
      usage = merged(usage, event.usage);
      stopReason = event.delta.stop_reason ?? stopReason;
    } else if (event.type === 'message_stop') ended = true;
  }
  if (!ended || stopReason === null) {
    throw invalidReply(model, 'ended its reply before it was whole: the connection may have broken off');
  }
  const reason = reasons.get(stopReason) ?? 'stop';
  // Where the reply was cut off, the last call may be cut off, too.
  if (reason === 'stop' || reason === 'tool-calls') yield* calls.whole();
  if (typeof usage.output_tokens === 'number') yield { type: 'usage', ...usageOf(usage) };
  yield { type: 'done', reason };
}

const reasons: ReadonlyMap<string, Extract<ChatChunk, { type: 'done' }>['reason']> = new Map([
  ['tool_use', 'tool-calls'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['pause_turn', 'length'],
  ['refusal', 'content-filter'],
]);

interface ReportedUsage {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly output_tokens_details?: { readonly thinking_tokens?: number | null } | null;
}

/** What is told again replaces what was told before: all are sums. */
const merged = (before: ReportedUsage, told: ReportedUsage): ReportedUsage => ({
  ...before,
  ...Object.fromEntries(Object.entries(told ?? {}).filter(([, value]) => value !== null)),
});

/** What a cache knew or took up is not in `input_tokens` here, and is in those of a {@link ModelUsage}. */
function usageOf(usage: ReportedUsage): ModelUsage {
  const { input_tokens: plain, output_tokens: output, output_tokens_details: details } = usage;
  const { cache_read_input_tokens: read, cache_creation_input_tokens: written } = usage;
  const reasoning = details?.thinking_tokens;
  return {
    inputTokens: (plain ?? 0) + (read ?? 0) + (written ?? 0),
    outputTokens: output ?? 0,
    ...(typeof read === 'number' && { cachedInputTokens: read }),
    ...(typeof written === 'number' && { cacheWriteTokens: written }),
    ...(typeof reasoning === 'number' && { reasoningTokens: reasoning }),
  };
}
