export type {
  ChatModelPluginOptions,
  ModelPrice,
  ProviderOptions,
  TokenPrices,
} from '@aiwork/chat-model-kit';
export { type OpenAIOptions, openai } from './openai.ts';
export { type OpenAIPluginOptions, openaiPlugin } from './plugin.ts';
