import { anthropicMessagesDialect, openChatServer } from '@aiwork/contract-tests';
import { createOrchestrator, defineAgent, generate, type Message } from '@aiwork/core';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type AnthropicOptions, anthropic } from './anthropic.ts';
import { anthropicPlugin } from './plugin.ts';

const server = await openChatServer(anthropicMessagesDialect);
afterAll(() => server.close());
afterEach(() => vi.unstubAllEnvs());

const question = { messages: [{ role: 'user', content: 'Hi' }] } as const;
let scenes = 0;

/** A model with a scene of its own, and the requests that left for it. */
function open(options: AnthropicOptions = {}) {
  scenes += 1;
  const name = `anthropic-${scenes}`;
  const sent: { readonly headers: Headers; readonly body: Record<string, unknown> }[] = [];
  const spy: typeof fetch = async (url, init) => {
    sent.push({ headers: new Headers(init?.headers), body: JSON.parse(String(init?.body)) });
    return fetch(url, init);
  };
  const model = anthropic('tiny', {
    baseUrl: server.urlOf(name),
    apiKey: 'sk-ant-test',
    ...options,
    client: { fetch: spy },
  });
  return { model, sent, scene: server.scene(name) };
}

describe('anthropic', () => {
  it('sends a temperature by the last version of the API that takes one', async () => {
    const { model, sent, scene } = open();
    await generate(model, { ...question, temperature: 0.5 });
    await generate(model, question);
    expect(scene.requests.map(({ temperature }) => temperature)).toEqual([0.5, undefined]);
    expect(sent[0]?.headers.get('anthropic-version')).toBe('2023-06-01');
    expect(sent[1]?.headers.get('anthropic-version')).not.toBe('2023-06-01');
  });

  it('tells the results of one turn together, before what the user says next', async () => {
    const { model, sent } = open();
    const messages: Message[] = [
      { role: 'user', content: 'Add.' },
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'add', input: undefined }] },
      { role: 'tool', toolCallId: 'a', content: '' },
      { role: 'system', content: 'Be brief.' },
      { role: 'assistant', content: '' },
      { role: 'user', content: 'And?' },
    ];
    await generate(model, { messages });
    expect(sent[0]?.body).toMatchObject({
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Add.' }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'add', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: '' }] },
        { role: 'user', content: [{ type: 'text', text: 'And?' }] },
      ],
    });
  });

  it('says in words what the API does not take of a schema', async () => {
    const { model, sent } = open();
    const schema = z.toJSONSchema(z.object({ n: z.number().min(1) }));
    await generate(model, { ...question, schema });
    const text = JSON.stringify(sent[0]?.body['output_config']);
    expect(text).not.toContain('"minimum":');
    expect(text).toContain('minimum: 1');
    expect(schema).toHaveProperty('properties.n.minimum', 1);
  });

  it('asks for as many tokens as it may, unless the request says', async () => {
    const { model, scene } = open({ maxTokens: 99 });
    await generate(model, question);
    await generate(model, { ...question, maxTokens: 7 });
    expect(scene.requests.map(({ maxTokens }) => maxTokens)).toEqual([99, 7]);
  });

  it('shows no thinking as text', async () => {
    const { model, scene } = open();
    scene.play(async (exchange) => {
      const [start, , ...rest] = exchange.events({ text: ['Yes.'], reason: 'stop' });
      const event = (data: { readonly type: string; readonly [key: string]: unknown }) =>
        exchange.send(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
      await exchange.begin();
      await exchange.send(start ?? '');
      await event({
        type: 'content_block_start',
        index: 7,
        content_block: { type: 'thinking', thinking: '' },
      });
      await event({
        type: 'content_block_delta',
        index: 7,
        delta: { type: 'thinking_delta', thinking: 'Hm' },
      });
      await event({ type: 'content_block_stop', index: 7 });
      await event({ type: 'something_new', index: 7 });
      for (const part of rest) await exchange.send(part);
      exchange.end();
    });
    expect((await generate(model, question)).text).toBe('Yes.');
  });

  it('says which key is missing, when it is asked', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', undefined);
    await expect(generate(anthropic('tiny'), question)).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringContaining('ANTHROPIC_API_KEY'),
    });
  });

  it('does not send the key of Anthropic to a server of another name', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-ant-of-anthropic');
    const elsewhere = anthropic('tiny', { baseUrl: server.urlOf('elsewhere') });
    await expect(generate(elsewhere, question)).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
    expect(server.scene('elsewhere').asked).toBe(0);
  });

  it('is the model of agents by its plugin, with an answer that follows a schema', async () => {
    const { scene } = open();
    scene.reply({ text: ['{"sure"', ':true}'], reason: 'stop' });
    const judge = defineAgent({
      id: 'judge',
      instructions: 'Judge.',
      output: z.object({ sure: z.boolean() }),
    });
    const plugin = anthropicPlugin({
      model: 'tiny',
      baseUrl: server.urlOf(`anthropic-${scenes}`),
      apiKey: 'k',
    });
    await using ai = createOrchestrator({ plugins: [plugin] });
    expect(await (await ai.start(judge, 'Sure?')).result()).toEqual({ sure: true });
    expect(scene.requests[0]).toMatchObject({ system: 'Judge.', schema: { type: 'object' } });
  });
});
