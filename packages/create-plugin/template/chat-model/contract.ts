import {
  chatCompletionsDialect,
  chatModelContract,
  chatModelUnderTest,
  chatService,
  defineSubject,
} from '@aiwork/contract-tests';
import { createChatModel } from './src/chat-model.ts';

const apiKey = 'key-of-the-tests';

/** What is checked. The provider is scripted, and answers on this machine. */
export default defineSubject({
  contract: chatModelContract,
  name: 'my-plugin',
  package: new URL('./package.json', import.meta.url),
  // The wire format of the provider: chatCompletionsDialect, openRouterDialect, anthropicMessagesDialect, or one of yours.
  service: chatService(chatCompletionsDialect),
  secrets: [apiKey],
  open: ({ namespace, address, service }) =>
    chatModelUnderTest(
      (timeoutMs) =>
        createChatModel('test-model', { baseUrl: service.urlOf(namespace, address), apiKey, timeoutMs }),
      // What the model can be shown and asked for, and what the provider tells of its usage beside input and output.
      { images: true, schema: true, usageDetails: ['cachedInputTokens', 'reasoningTokens'] },
      service.scene(namespace),
    ),
});
