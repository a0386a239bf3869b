import {
  chatCompletionsDialect,
  chatModelContract,
  chatModelUnderTest,
  chatService,
  defineSubject,
} from '@aiwork/contract-tests';
import { openai } from './src/openai.ts';

const price = { input: 2, output: 10, cachedInput: 0.5 };
const apiKey = 'sk-test-hunter2-0123456789';

export default defineSubject({
  contract: chatModelContract,
  name: 'openai',
  package: new URL('./package.json', import.meta.url),
  service: chatService(chatCompletionsDialect),
  secrets: [apiKey],
  open: ({ namespace, address, service }) =>
    chatModelUnderTest(
      (timeoutMs) =>
        openai('test-model', { baseUrl: service.urlOf(namespace, address), apiKey, timeoutMs, price }),
      {
        images: true,
        schema: true,
        usageDetails: ['cachedInputTokens', 'reasoningTokens'],
        costOf: () => (400 * 2 + 600 * 0.5 + 70 * 10) / 1_000_000,
      },
      service.scene(namespace),
    ),
});
