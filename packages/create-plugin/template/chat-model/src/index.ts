import { definePlugin, type Plugin } from '@aiwork/core';
import { type ChatModelOptions, createChatModel } from './chat-model.ts';

export { type ChatModelOptions, createChatModel } from './chat-model.ts';

export interface ChatModelPluginOptions extends ChatModelOptions {
  /** As the provider calls it. */
  readonly model: string;
}

/** The plugin: `createOrchestrator({ plugins: [myPlugin({ model, baseUrl, apiKey })] })`. */
export function myPlugin({ model, ...options }: ChatModelPluginOptions): Plugin {
  return definePlugin({
    name: 'my-plugin',
    setup(host) {
      host.provide('chatModel', createChatModel(model, options));
    },
  })();
}
