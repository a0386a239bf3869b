import type { ModelUsage } from '@aiwork/core';
import type { ChatDialect, ProviderError, ProviderReply } from '../provider-reply.ts';
import { readMessagesRequest } from './anthropic-request.ts';
import { bearerOf } from './chat-completions.ts';

const event = (data: { readonly type: string } & Record<string, unknown>) =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

const stopReasons: Readonly<Record<ProviderReply['reason'], string>> = {
  stop: 'end_turn',
  'tool-calls': 'tool_use',
  length: 'max_tokens',
  'content-filter': 'refusal',
};

/** What a cache knew or took up is not in `input_tokens`. */
const usageOf = (usage: ModelUsage) => {
  const { inputTokens, outputTokens, cachedInputTokens = 0, cacheWriteTokens = 0 } = usage;
  const { reasoningTokens } = usage;
  return {
    input_tokens: inputTokens - cachedInputTokens - cacheWriteTokens,
    cache_read_input_tokens: cachedInputTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    output_tokens: outputTokens,
    output_tokens_details: reasoningTokens === undefined ? null : { thinking_tokens: reasoningTokens },
  };
};

function block(index: number, begun: unknown, deltas: readonly unknown[]): readonly string[] {
  return [
    event({ type: 'content_block_start', index, content_block: begun }),
    ...deltas.map((delta) => event({ type: 'content_block_delta', index, delta })),
    event({ type: 'content_block_stop', index }),
  ];
}

function events(
  { text = [], toolCalls = [], reason, usage }: ProviderReply,
  model: string,
): readonly string[] {
  const counts = usageOf(usage ?? { inputTokens: 1, outputTokens: 1 });
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
  const texts =
    text.length === 0
      ? []
      : block(
          0,
          { type: 'text', text: '' },
          text.map((piece) => ({ type: 'text_delta', text: piece })),
        );
  const calls = toolCalls.flatMap(({ id, name, input }, n) =>
    block(
      n + (text.length === 0 ? 0 : 1),
      { type: 'tool_use', id, name, input: {} },
      ['', ...input].map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
    ),
  );
  return [
    event({
      type: 'message_start',
      message: { ...message, usage: { ...counts, output_tokens: 1, output_tokens_details: null } },
    }),
    event({ type: 'ping' }),
    ...texts,
    ...calls,
    event({
      type: 'message_delta',
      delta: { stop_reason: stopReasons[reason], stop_sequence: null },
      usage: counts,
    }),
    event({ type: 'message_stop' }),
  ];
}

const types: ReadonlyMap<number, string> = new Map([
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [500, 'api_error'],
  [529, 'overloaded_error'],
]);

const errorBody = ({ status, message, kind }: ProviderError, requestId: string) => ({
  type: 'error',
  error: {
    type: kind ?? types.get(status) ?? (status < 500 ? 'invalid_request_error' : 'api_error'),
    message,
  },
  request_id: requestId,
});

const errorTypes = { overloaded: 'overloaded_error', invalid: 'invalid_request_error' } as const;

/** Anthropic's messages, as its public API description has them. @since 0.1.0 */
export const anthropicMessagesDialect: ChatDialect = {
  name: 'Anthropic messages',
  basePath: '',
  path: '/v1/messages',
  requestIdHeader: 'request-id',
  keyIn: (headers) => (typeof headers['x-api-key'] === 'string' ? headers['x-api-key'] : bearerOf(headers)),
  readRequest: (body, { 'anthropic-version': version }) => readMessagesRequest(body, version),
  events: (reply, { model }) => events(reply, model),
  wholeAfter: (sent) => sent.length,
  keepAlive: event({ type: 'ping' }),
  errorBody,
  errorEvent: (kind, message) => event({ type: 'error', error: { type: errorTypes[kind], message } }),
};
