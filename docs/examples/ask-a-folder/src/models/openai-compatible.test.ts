import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generate } from '@aiwork/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openAICompatible } from './openai-compatible.ts';

/** A server on this machine that answers as `reply` does, and what it was asked. */
async function serve(reply: (response: ServerResponse) => void) {
  const asked: { path?: string | undefined; authorization?: string | undefined; body: unknown }[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const body = (await request.toArray()).join('');
    asked.push({ path: request.url, authorization: request.headers.authorization, body: JSON.parse(body) });
    reply(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { asked, model: openAICompatible({ url, model: 'tiny', apiKey: 'key' }) };
}

const question = { messages: [{ role: 'user', content: 'Hi' }], temperature: 0 } as const;
const send = (response: ServerResponse, ...parts: unknown[]) => {
  response.setHeader('content-type', 'text/event-stream');
  for (const part of parts)
    response.write(`data: ${typeof part === 'string' ? part : JSON.stringify(part)}\n\n`);
};
const text = (content: string) => ({ choices: [{ delta: { content } }] });
const finish = (reason: string) => ({ choices: [{ delta: {}, finish_reason: reason }] });

describe('openAICompatible', () => {
  it('asks for a stream and gives its texts and usage', async () => {
    const usage = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } };
    const { model, asked } = await serve((response) => {
      send(response, text('Hel'), text('lo — ☃'), finish('stop'), usage, '[DONE]');
      response.end();
    });
    expect(await generate(model, question)).toEqual({
      text: 'Hello — ☃',
      toolCalls: [],
      reason: 'stop',
      usage: { inputTokens: 3, outputTokens: 2 },
    });
    expect(asked).toMatchObject([
      {
        path: '/v1/chat/completions',
        authorization: 'Bearer key',
        body: { model: 'tiny', stream: true, temperature: 0, messages: [{ role: 'user', content: 'Hi' }] },
      },
    ]);
  });

  it('says when a reply was cut at its length', async () => {
    const { model } = await serve((response) => {
      send(response, text('Hel'), finish('length'), '[DONE]');
      response.end();
    });
    expect((await generate(model, question)).reason).toBe('length');
  });

  it('takes a stream that breaks off for an error that may pass', async () => {
    const { model } = await serve((response) => {
      send(response, text('Hel'));
      response.end();
    });
    await expect(generate(model, question)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_INVALID_REPLY',
      retryable: true,
    });
  });

  it('tells a refusal that may pass from one that will not, without the key', async () => {
    const { model } = await serve((response) => response.writeHead(429, { 'retry-after': '2' }).end());
    await expect(generate(model, question)).rejects.toMatchObject({
      message: 'the server of model "tiny" answered with status 429',
      retryable: true,
      retryAfterMs: 2000,
    });
    const { model: other } = await serve((response) => response.writeHead(401).end());
    await expect(generate(other, question)).rejects.toMatchObject({ retryable: false });
  });

  it('stops in the middle of a stream when it is told to', async () => {
    const { model } = await serve((response) => send(response, text('Hel')));
    const stopping = new AbortController();
    const reply = generate(model, question, { signal: stopping.signal, onChunk: () => stopping.abort() });
    await expect(reply).rejects.toMatchObject({ name: 'AbortError' });
  });
});
