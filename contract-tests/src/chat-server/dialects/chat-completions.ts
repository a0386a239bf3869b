import type { ModelUsage } from '@aiwork/core';
import type { ChatDialect, ProviderError, ProviderReply, RequestHeaders } from '../provider-reply.ts';
import { readChatCompletionsRequest } from './chat-completions-request.ts';

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_790_000_000 };
const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;

type Reason = ProviderReply['reason'];

const finishReasons: Readonly<Record<Reason, string>> = {
  stop: 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  'content-filter': 'content_filter',
};

/** How a server of chat completions differs from OpenAI's. */
interface Difference {
  usage(usage: ModelUsage): unknown;
}

/** Of the inputs of all calls, the first pieces, then the second pieces, and so on. */
function inTurns(calls: NonNullable<ProviderReply['toolCalls']>) {
  const most = Math.max(0, ...calls.map(({ input }) => input.length));
  return Array.from({ length: most }, (_, n) =>
    calls.flatMap(({ input }, index) => {
      const piece = input[n];
      return piece === undefined ? [] : [{ index, function: { arguments: piece } }];
    }),
  ).flat();
}

/** The stream of a chat completion. */
export function chatCompletionEvents(
  { text = [], toolCalls = [], reason, usage }: ProviderReply,
  model: string,
  difference: Difference,
): readonly string[] {
  const part = (delta: unknown, finish_reason: string | null = null) =>
    event({ ...head, model, choices: [{ index: 0, delta, logprobs: null, finish_reason }], usage: null });
  const begun = toolCalls.map(({ id, name }, index) => ({
    index,
    id,
    type: 'function',
    function: { name, arguments: '' },
  }));
  return [
    part({ role: 'assistant', content: '', refusal: null }),
    ...text.map((content) => part({ content })),
    ...begun.map((call) => part({ tool_calls: [call] })),
    ...inTurns(toolCalls).map((piece) => part({ tool_calls: [piece] })),
    part({}, finishReasons[reason]),
    ...(usage ? [event({ ...head, model, choices: [], usage: difference.usage(usage) })] : []),
    'data: [DONE]\n\n',
  ];
}

/** A reply is whole once it says how it finished. */
export const wholeAfterFinish = (events: readonly string[]): number =>
  events.findIndex((sent) => /"finish_reason":"/.test(sent)) + 1;

export const usageOf = ({ inputTokens, outputTokens, cachedInputTokens, reasoningTokens }: ModelUsage) => ({
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
  ...(cachedInputTokens !== undefined && {
    prompt_tokens_details: { cached_tokens: cachedInputTokens, audio_tokens: 0 },
  }),
  ...(reasoningTokens !== undefined && {
    completion_tokens_details: { reasoning_tokens: reasoningTokens, audio_tokens: 0 },
  }),
});

const kinds: ReadonlyMap<number, readonly [type: string, code: string | null]> = new Map([
  [400, ['invalid_request_error', null]],
  [401, ['invalid_request_error', 'invalid_api_key']],
  [404, ['invalid_request_error', 'model_not_found']],
  [429, ['requests', 'rate_limit_exceeded']],
]);

function errorBody({ status, message, kind }: ProviderError) {
  const [type, code] = kinds.get(status) ?? [status < 500 ? 'invalid_request_error' : 'server_error', null];
  return { error: { message, type: kind ?? type, param: null, code: kind ?? code } };
}

export const bearerOf = ({ authorization }: RequestHeaders): string | undefined =>
  /^Bearer (.+)$/.exec(`${authorization ?? ''}`)?.[1];

const errorTypes = { overloaded: 'server_error', invalid: 'invalid_request_error' } as const;

/** OpenAI's chat completions, as its public API description has them. @since 0.1.0 */
export const chatCompletionsDialect: ChatDialect = {
  name: 'chat completions',
  basePath: '/v1',
  path: '/chat/completions',
  requestIdHeader: 'x-request-id',
  keyIn: bearerOf,
  readRequest: (body) => readChatCompletionsRequest(body, []),
  events: (reply, { model }) => chatCompletionEvents(reply, model, { usage: usageOf }),
  wholeAfter: wholeAfterFinish,
  keepAlive: ': keep-alive\n\n',
  errorBody,
  errorEvent: (kind, message) =>
    event({ error: { message, type: errorTypes[kind], param: null, code: null } }),
};
