import { chatCompletionsDialect, openChatServer } from '@aiwork/contract-tests';
import { generate } from '@aiwork/core';
import { expect, it, onTestFinished, vi } from 'vitest';

it('asks the server and the model that the environment names', async () => {
  const server = await openChatServer(chatCompletionsDialect);
  onTestFinished(() => server.close());
  server.scene('demo').reply({ text: ['A', ' pot [1].'], reason: 'stop' });
  vi.stubEnv('MODEL_URL', server.urlOf('demo'));
  vi.stubEnv('MODEL_NAME', 'tiny');
  const { default: model } = await import('./openai-compatible.ts');
  const { text } = await generate(model, { messages: [{ role: 'user', content: 'Where?' }] });
  expect(text).toBe('A pot [1].');
  expect(server.scene('demo').requests).toMatchObject([{ model: 'tiny' }]);
});
