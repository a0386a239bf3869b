export {
  type ChatCompletionPart,
  readChatCompletion,
  type WireCallPiece,
  type WireChoice,
  type WireUsage,
} from './chat-completions/read-chat-completion.ts';
export {
  type ChatCompletionsBody,
  type ChatCompletionsOptions,
  chatCompletionsBody,
  type WireFormat,
  type WireTool,
} from './chat-completions/request-body.ts';
export type { WireContent, WireMessage, WireToolCall } from './chat-completions/wire-messages.ts';
export { type ChatModelPluginOptions, chatModelPlugin } from './chat-model-plugin.ts';
export { madeWhenAsked } from './made-when-asked.ts';
export { highestPrice, type ModelPrice, type TokenPrices, withCost } from './model-price.ts';
export {
  maxTimeoutMs,
  type ProviderChatModel,
  type ProviderOptions,
  type ProviderReply,
  providerChatModel,
} from './provider-chat-model.ts';
export { connectionFailure, type ProviderFailure, providerFailure } from './provider-failure.ts';
export { type FailedRequest, sdkFailure } from './sdk-failure.ts';
export { secretsInHeaders } from './secrets-in-headers.ts';
export { invalidReply, type ToolCallPiece, type ToolCallPieces, toolCallPieces } from './tool-call-pieces.ts';
export { type WatchOptions, watchStream } from './watch-stream.ts';
