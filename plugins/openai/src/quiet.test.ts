import { chatCompletionsDialect, openChatServer } from '@aiwork/contract-tests';
import { generate } from '@aiwork/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openai } from './openai.ts';

// In a file of its own: the client remembers the console that it saw first.
it('prints nothing, also where the environment has the client of the provider print', async () => {
  vi.stubEnv('OPENAI_LOG', 'debug');
  const levels = ['debug', 'info', 'log', 'warn', 'error'] as const;
  const printed = levels.map((level) => vi.spyOn(console, level).mockReturnValue(undefined));
  const server = await openChatServer(chatCompletionsDialect);
  onTestFinished(() => server.close());
  const model = openai('tiny', { baseUrl: server.urlOf('quiet'), apiKey: 'k' });
  const request = { messages: [{ role: 'user', content: 'Hi' }] } as const;
  await generate(model, request);
  server
    .scene('quiet')
    .play((exchange) => exchange.answer(200, 'text/event-stream', 'event: x\ndata: {"a\n\n'));
  await expect(generate(model, request)).rejects.toMatchObject({ code: 'AIWORK_MODEL_INVALID_REPLY' });
  expect(printed.flatMap(({ mock }) => mock.calls)).toEqual([]);
});
