import { type ChatModelPluginOptions, chatModelPlugin } from '@aiwork/chat-model-kit';
import type { Plugin } from '@aiwork/core';
import { type AnthropicOptions, anthropic } from './anthropic.ts';

/** What {@link anthropicPlugin} takes. @since 0.1.0 */
export interface AnthropicPluginOptions extends AnthropicOptions, ChatModelPluginOptions {
  readonly model: string;
}

/**
 * The plugin: fills the slot `chatModel` with a model of Anthropic, for agents that bring none of their own.
 *
 * @example
 * ```ts
 * import { createOrchestrator } from '@aiwork/core';
 * import { anthropicPlugin } from '@aiwork/anthropic';
 *
 * await using ai = createOrchestrator({ plugins: [anthropicPlugin({ model: 'claude-sonnet-5-5' })] });
 * ```
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @since 0.1.0
 */
export function anthropicPlugin({
  model,
  name,
  default: isDefault,
  ...options
}: AnthropicPluginOptions): Plugin {
  return chatModelPlugin('@aiwork/anthropic', anthropic(model, options), { name, default: isDefault });
}
