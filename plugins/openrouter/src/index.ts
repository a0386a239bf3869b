export type {
  ChatModelPluginOptions,
  ModelPrice,
  ProviderOptions,
  TokenPrices,
} from '@aiwork/chat-model-kit';
export { type OpenRouterOptions, openrouter } from './openrouter.ts';
export { type OpenRouterPluginOptions, openrouterPlugin } from './plugin.ts';
