import { type ChatModel, definePlugin, type Plugin } from '@aiwork/core';

/** @since 0.1.0 */
export interface ChatModelPluginOptions {
  /** What agents ask for it by, as in `model: 'name'`. Default: the package's name. */
  readonly name?: string | undefined;
  /** Whether agents that name no model get it. By default they get the first that a plugin provides. */
  readonly default?: boolean | undefined;
}

/**
 * A plugin that fills the slot `chatModel`.
 *
 * @example
 * ```ts
 * import { chatModelPlugin } from '@aiwork/chat-model-kit';
 * import { createOrchestrator } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 *
 * const plugin = chatModelPlugin('my-models', scriptedChatModel(['Hello']), { default: true });
 * await using ai = createOrchestrator({ plugins: [plugin] });
 * ```
 * @since 0.1.0
 */
export function chatModelPlugin(
  packageName: string,
  model: ChatModel,
  { name = packageName, default: isDefault = false }: ChatModelPluginOptions,
): Plugin {
  return definePlugin({
    name: packageName,
    setup: (host) => host.provide('chatModel', model, { name, default: isDefault }),
  })();
}
