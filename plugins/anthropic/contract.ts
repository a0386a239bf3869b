import {
  anthropicMessagesDialect,
  chatModelContract,
  chatModelUnderTest,
  chatService,
  defineSubject,
} from '@aiwork/contract-tests';
import { anthropic } from './src/anthropic.ts';

const price = { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75 };
const apiKey = 'sk-test-hunter2-0123456789';

export default defineSubject({
  contract: chatModelContract,
  name: 'anthropic',
  package: new URL('./package.json', import.meta.url),
  service: chatService(anthropicMessagesDialect),
  secrets: [apiKey],
  open: ({ namespace, address, service }) =>
    chatModelUnderTest(
      (timeoutMs) =>
        anthropic('test-model', { baseUrl: service.urlOf(namespace, address), apiKey, timeoutMs, price }),
      {
        images: true,
        schema: true,
        usageDetails: ['cachedInputTokens', 'cacheWriteTokens', 'reasoningTokens'],
        costOf: () => (300 * 3 + 600 * 0.3 + 100 * 3.75 + 70 * 15) / 1_000_000,
      },
      service.scene(namespace),
    ),
});
