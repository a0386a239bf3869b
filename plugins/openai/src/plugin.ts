import { type ChatModelPluginOptions, chatModelPlugin } from '@aiwork/chat-model-kit';
import type { Plugin } from '@aiwork/core';
import { type OpenAIOptions, openai } from './openai.ts';

/** What {@link openaiPlugin} takes. @since 0.1.0 */
export interface OpenAIPluginOptions extends OpenAIOptions, ChatModelPluginOptions {
  readonly model: string;
}

/**
 * The plugin: fills the slot `chatModel` with a model of OpenAI, for agents that bring none of their own.
 *
 * @example
 * ```ts
 * import { createOrchestrator } from '@aiwork/core';
 * import { openaiPlugin } from '@aiwork/openai';
 *
 * await using ai = createOrchestrator({ plugins: [openaiPlugin({ model: 'gpt-5-mini' })] });
 * ```
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @since 0.1.0
 */
export function openaiPlugin({ model, name, default: isDefault, ...options }: OpenAIPluginOptions): Plugin {
  return chatModelPlugin('@aiwork/openai', openai(model, options), { name, default: isDefault });
}
