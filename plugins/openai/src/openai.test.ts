import { chatCompletionsDialect, openChatServer } from '@aiwork/contract-tests';
import { createOrchestrator, defineAgent, defineTool, generate } from '@aiwork/core';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type OpenAIOptions, openai } from './openai.ts';
import { openaiPlugin } from './plugin.ts';

const server = await openChatServer(chatCompletionsDialect);
afterAll(() => server.close());
afterEach(() => vi.unstubAllEnvs());

const question = { messages: [{ role: 'user', content: 'Hi' }] } as const;
let scenes = 0;

/** A model with a scene of its own, and the requests that left for it. */
function open(options: OpenAIOptions = {}) {
  scenes += 1;
  const name = `openai-${scenes}`;
  const sent: { readonly url: string; readonly headers: Headers; readonly body: Record<string, unknown> }[] =
    [];
  const spy: typeof fetch = async (url, init) => {
    sent.push({
      url: String(url),
      headers: new Headers(init?.headers),
      body: JSON.parse(String(init?.body)),
    });
    return fetch(url, init);
  };
  const client = { fetch: spy, ...options.client };
  const model = openai('tiny', { baseUrl: server.urlOf(name), ...options, client });
  return { model, sent, scene: server.scene(name) };
}

describe('openai', () => {
  it('does not send the key of OpenAI to a server of another name', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-openai');
    const { model, sent } = open();
    await generate(model, question);
    expect([...(sent[0]?.headers ?? [])].flat().join(' ')).not.toContain('sk-of-openai');
    expect(sent[0]?.headers.get('authorization')).toBeNull();
  });

  it('takes address and key from the environment', async () => {
    const { sent, scene } = open();
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-openai');
    vi.stubEnv('OPENAI_BASE_URL', server.urlOf('environment'));
    expect(sent).toEqual([]);
    expect(scene.asked).toBe(0);
    await generate(openai('tiny'), question);
    expect(server.scene('environment').asked).toBe(1);
  });

  it('says which key is missing, when it is asked and not before', async () => {
    vi.stubEnv('OPENAI_API_KEY', undefined);
    await expect(generate(openai('tiny'), question)).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringContaining('OPENAI_API_KEY'),
    });
  });

  it('looks a key up again that was missing', async () => {
    vi.stubEnv('OPENAI_API_KEY', undefined);
    const model = openai('tiny');
    await expect(generate(model, question)).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-openai');
    vi.stubEnv('OPENAI_BASE_URL', server.urlOf('later'));
    expect((await generate(model, question)).text).toBe('Hello there.');
  });

  it('calls the limit of tokens as the server does', async () => {
    const { model, sent } = open();
    await generate(model, { ...question, maxTokens: 5 });
    expect(sent[0]?.body).toMatchObject({ max_tokens: 5 });
    const { model: newer, sent: toNewer } = open({ maxTokensField: 'max_completion_tokens' });
    await generate(newer, { ...question, maxTokens: 5 });
    expect(toNewer[0]?.body).toMatchObject({ max_completion_tokens: 5 });
    expect(toNewer[0]?.body).not.toHaveProperty('max_tokens');
  });

  it('sends fields and headers that it is given', async () => {
    const { model, sent } = open({ body: { reasoning_effort: 'low' }, headers: { 'x-team': 'blue' } });
    await generate(model, question);
    expect(sent[0]?.body).toMatchObject({ reasoning_effort: 'low', model: 'tiny' });
    expect(sent[0]?.headers.get('x-team')).toBe('blue');
  });

  it('shows no key that was given as a header', async () => {
    const { model, scene } = open({ headers: { 'api-key': 'hunter2-in-a-header' } });
    scene.play((exchange) => exchange.fail({ status: 401, message: 'hunter2-in-a-header is no key' }));
    await expect(generate(model, question)).rejects.toMatchObject({
      message: expect.stringContaining('[redacted] is no key'),
    });
  });

  it('takes a reply of a server that counts nothing', async () => {
    const { model, scene } = open();
    scene.play(async (exchange) => {
      const part = { choices: [{ delta: { content: 'Hi' }, finish_reason: 'stop' }], usage: {} };
      await exchange.begin();
      await exchange.send(`data: ${JSON.stringify(part)}\n\ndata: [DONE]\n\n`);
      exchange.end();
    });
    expect(await generate(model, question)).toEqual({ text: 'Hi', toolCalls: [], reason: 'stop' });
  });

  it('tries again by itself only where it is told to', async () => {
    const { model, scene } = open({ client: { maxRetries: 1 } });
    scene.play((exchange) =>
      exchange.fail({ status: 500, message: 'no', headers: { 'retry-after-ms': '1' } }),
    );
    await expect(generate(model, question)).rejects.toMatchObject({ retryable: true });
    expect(scene.asked).toBe(2);
  });

  it('asks for a schema strictly where that can be done', async () => {
    const { model, sent } = open();
    await generate(model, { ...question, schema: z.toJSONSchema(z.object({ a: z.string() })) });
    await generate(model, { ...question, schema: z.toJSONSchema(z.object({ a: z.string().optional() })) });
    expect(sent.map(({ body }) => body['response_format'])).toMatchObject([
      { type: 'json_schema', json_schema: { strict: true } },
      { type: 'json_schema', json_schema: { strict: false } },
    ]);
  });

  it('takes a refusal of the model for no answer', async () => {
    const { model, scene } = open();
    scene.play(async (exchange) => {
      const part = (delta: unknown, finish_reason: string | null) =>
        exchange.send(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
      await exchange.begin();
      await part({ refusal: 'I cannot help with that.' }, null);
      await part({}, 'stop');
      exchange.end();
    });
    expect(await generate(model, question)).toMatchObject({
      text: 'I cannot help with that.',
      reason: 'content-filter',
    });
  });

  it('takes the calls of servers that say "stop", send an input at once and number nothing', async () => {
    const { model, scene } = open();
    scene.play(async (exchange) => {
      const call = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
      const delta = { role: 'assistant', content: '', tool_calls: [call] };
      await exchange.begin();
      await exchange.send(`data: ${JSON.stringify({ choices: [{ delta, finish_reason: 'stop' }] })}\n\n`);
      exchange.end();
    });
    expect(await generate(model, question)).toMatchObject({
      reason: 'tool-calls',
      toolCalls: [{ id: 'c1', name: 'add', input: { a: 1 } }],
    });
  });

  it('is the model of agents that name it, tools and all', async () => {
    const { scene } = open();
    const name = `openai-${scenes}`;
    let turn = 0;
    scene.play((exchange) => {
      turn += 1;
      const calls = [{ id: 'c1', name: 'add', input: ['{"a":1,', '"b":2}'] }];
      return exchange.stream(
        turn === 1
          ? { toolCalls: calls, reason: 'tool-calls', usage: { inputTokens: 10, outputTokens: 5 } }
          : { text: ['It is 3.'], reason: 'stop', usage: { inputTokens: 20, outputTokens: 5 } },
      );
    });
    const add = defineTool({
      name: 'add',
      description: 'Adds two numbers.',
      input: z.object({ a: z.number(), b: z.number() }),
      run: ({ a, b }) => a + b,
    });
    const clerk = defineAgent({ id: 'clerk', model: 'sums', instructions: 'Add.', tools: [add] });
    const price = { input: 1, output: 2 };
    const plugin = openaiPlugin({ model: 'tiny', name: 'sums', baseUrl: server.urlOf(name), price });
    await using ai = createOrchestrator({ plugins: [plugin] });
    const run = await ai.start(clerk, 'What is 1 + 2?');
    expect(await run.result()).toBe('It is 3.');
    expect(scene.requests[1]?.turns.at(-1)).toMatchObject({ role: 'tool', toolCallId: 'c1', text: '3' });
    const costs: (number | undefined)[] = [];
    for await (const event of run) if (event.type === 'model.called') costs.push(event.cost);
    expect(costs).toEqual([20 / 1_000_000, 30 / 1_000_000]);
  });
});
