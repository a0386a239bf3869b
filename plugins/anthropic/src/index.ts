export type {
  ChatModelPluginOptions,
  ModelPrice,
  ProviderOptions,
  TokenPrices,
} from '@aiwork/chat-model-kit';
export { type AnthropicOptions, anthropic } from './anthropic.ts';
export { type AnthropicPluginOptions, anthropicPlugin } from './plugin.ts';
