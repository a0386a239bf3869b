import { type ChatModelPluginOptions, chatModelPlugin } from '@aiwork/chat-model-kit';
import type { Plugin } from '@aiwork/core';
import { type OpenRouterOptions, openrouter } from './openrouter.ts';

/** What {@link openrouterPlugin} takes. @since 0.1.0 */
export interface OpenRouterPluginOptions extends OpenRouterOptions, ChatModelPluginOptions {
  readonly model: string;
}

/**
 * The plugin: fills the slot `chatModel` with a model behind OpenRouter, for agents that bring none of their own.
 *
 * @example
 * ```ts
 * import { createOrchestrator } from '@aiwork/core';
 * import { openrouterPlugin } from '@aiwork/openrouter';
 *
 * await using ai = createOrchestrator({ plugins: [openrouterPlugin({ model: 'meta-llama/llama-3.3-70b-instruct' })] });
 * ```
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @since 0.1.0
 */
export function openrouterPlugin({
  model,
  name,
  default: isDefault,
  ...options
}: OpenRouterPluginOptions): Plugin {
  return chatModelPlugin('@aiwork/openrouter', openrouter(model, options), { name, default: isDefault });
}
