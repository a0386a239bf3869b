import {
  chatModelContract,
  chatModelUnderTest,
  chatService,
  defineSubject,
  openRouterDialect,
} from '@aiwork/contract-tests';
import { openrouter } from './src/openrouter.ts';

const apiKey = 'sk-test-hunter2-0123456789';

export default defineSubject({
  contract: chatModelContract,
  name: 'openrouter',
  package: new URL('./package.json', import.meta.url),
  service: chatService(openRouterDialect),
  secrets: [apiKey],
  open: ({ namespace, address, service }) =>
    chatModelUnderTest(
      (timeoutMs) =>
        openrouter('test-model', { baseUrl: service.urlOf(namespace, address), apiKey, timeoutMs }),
      {
        images: true,
        schema: true,
        usageDetails: ['cachedInputTokens', 'reasoningTokens', 'cost'],
      },
      service.scene(namespace),
    ),
});
