import type { ModelUsage } from '@aiwork/core';
import type { ChatDialect, ProviderError } from '../provider-reply.ts';
import {
  chatCompletionEvents,
  chatCompletionsDialect,
  usageOf,
  wholeAfterFinish,
} from './chat-completions.ts';
import { readChatCompletionsRequest } from './chat-completions-request.ts';

/** OpenRouter's own fields. */
const others = [
  'usage',
  'models',
  'provider',
  'route',
  'transforms',
  'reasoning',
  'plugins',
  'top_k',
  'min_p',
];

const costs = (usage: ModelUsage) => ({
  ...usageOf(usage),
  ...(usage.cost !== undefined && { cost: usage.cost, is_byok: false }),
});

/** A code is the status that the error would have had. */
const errorBody = ({ status, message, kind }: ProviderError) => ({
  error: { code: status, message, ...(kind !== undefined && { metadata: { error_type: kind } }) },
  user_id: 'user_1',
});

const codes = { overloaded: 502, invalid: 400 } as const;

/** OpenRouter's chat completions, as its public API description has them. @since 0.1.0 */
export const openRouterDialect: ChatDialect = {
  ...chatCompletionsDialect,
  name: 'OpenRouter',
  basePath: '/api/v1',
  requestIdHeader: 'x-generation-id',
  readRequest: (body) => readChatCompletionsRequest(body, others),
  events: (reply, { model }) => chatCompletionEvents(reply, model, { usage: costs }),
  wholeAfter: wholeAfterFinish,
  keepAlive: ': OPENROUTER PROCESSING\n\n',
  errorBody,
  errorEvent(kind, message) {
    const error = { code: codes[kind], message };
    const choices = [
      { index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: null },
    ];
    const data = { id: 'gen-1', object: 'chat.completion.chunk', created: 1_790_000_000, error, choices };
    return `data: ${JSON.stringify(data)}\n\n`;
  },
};
