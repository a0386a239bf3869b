import { openChatServer, openRouterDialect } from '@aiwork/contract-tests';
import { createOrchestrator, defineAgent, generate } from '@aiwork/core';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { type OpenRouterOptions, openrouter } from './openrouter.ts';
import { openrouterPlugin } from './plugin.ts';

const server = await openChatServer(openRouterDialect);
afterAll(() => server.close());
afterEach(() => vi.unstubAllEnvs());

const question = { messages: [{ role: 'user', content: 'Hi' }] } as const;

/** A model with a scene of its own, and the requests that left for it. */
function open(scene: string, options: OpenRouterOptions = {}) {
  const sent: { readonly headers: Headers; readonly body: Record<string, unknown> }[] = [];
  const spy: typeof fetch = async (url, init) => {
    sent.push({ headers: new Headers(init?.headers), body: JSON.parse(String(init?.body)) });
    return fetch(url, init);
  };
  const client = { fetch: spy };
  const model = openrouter('a/tiny', { baseUrl: server.urlOf(scene), apiKey: 'sk-or-1', ...options, client });
  return { model, sent, scene: server.scene(scene) };
}

describe('openrouter', () => {
  it('says what it is for, and asks as it is told to', async () => {
    const app = { url: 'https://example.org', title: 'Example' };
    const { model, sent } = open('app', { app, body: { provider: { sort: 'price' } } });
    await generate(model, question);
    expect(sent[0]?.headers.get('http-referer')).toBe('https://example.org');
    expect(sent[0]?.headers.get('x-title')).toBe('Example');
    expect(sent[0]?.body).toMatchObject({ provider: { sort: 'price' }, usage: { include: true } });
  });

  it('tells OpenRouter nothing that the environment says of OpenAI', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-openai');
    vi.stubEnv('OPENAI_ADMIN_KEY', 'sk-admin-of-openai');
    vi.stubEnv('OPENAI_ORG_ID', 'org-of-openai');
    vi.stubEnv('OPENAI_PROJECT_ID', 'proj-of-openai');
    const { model, sent } = open('environment');
    await generate(model, question);
    expect([...(sent[0]?.headers ?? [])].flat().join(' ')).not.toContain('of-openai');
  });

  it('takes the cost from OpenRouter', async () => {
    const { model, scene } = open('cost', { price: { input: 1000, output: 1000 } });
    scene.reply({ text: ['Hi'], reason: 'stop', usage: { inputTokens: 1, outputTokens: 1, cost: 0.25 } });
    expect((await generate(model, question)).usage?.cost).toBe(0.25);
  });

  it('says that credits ran out, which no second attempt changes', async () => {
    const { model, scene } = open('credits');
    scene.play((exchange) => exchange.fail({ status: 402, message: 'Insufficient credits' }));
    await expect(generate(model, question)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_REFUSED',
      retryable: false,
      message: expect.stringContaining('Insufficient credits'),
    });
  });

  it('says which key is missing, when it is asked', async () => {
    vi.stubEnv('OPENROUTER_API_KEY', undefined);
    await expect(generate(openrouter('a/tiny'), question)).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringContaining('OPENROUTER_API_KEY'),
    });
  });

  it('is the model of agents by its plugin', async () => {
    const plugin = openrouterPlugin({ model: 'a/tiny', baseUrl: server.urlOf('plugin'), apiKey: 'k' });
    await using ai = createOrchestrator({ plugins: [plugin] });
    const run = await ai.start(defineAgent({ id: 'greeter', instructions: 'Greet.' }), 'Hi');
    expect(await run.result()).toBe('Hello there.');
  });
});
