import { createOrchestrator, defineTask } from '@aiwork/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { testServer } from './databases.fixture.ts';
import { postgres } from './index.ts';

vi.setConfig({ testTimeout: 120_000 });
const server = testServer();

const recall = defineTask({
  id: 'recall',
  input: z.string(),
  async run(question, { use, signal }) {
    const notes = use('memory', 'notes');
    await notes.upsert([{ id: 'n1', text: 'The spare key is under the blue pot' }], { signal });
    return (await notes.search({ text: question, topK: 1 }, { signal }))[0]?.text;
  },
});

it('fills the slot under the name it was given, and ends its connections with the orchestrator', async (context) => {
  const { url } = server.required(context);
  const own = new URL(url);
  own.searchParams.set('application_name', 'of the plugin');
  const plugin = postgres({ url: own.href, namespace: 'plugin', name: 'notes', default: true });
  const ai = createOrchestrator({ plugins: [plugin] });
  onTestFinished(() => ai[Symbol.asyncDispose]());
  const run = await ai.start(recall, 'where is the key?');
  expect(await run.result()).toBe('The spare key is under the blue pot');
  const client = await server.client();
  const connections = async () =>
    (await client.query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'of the plugin'")).rowCount;
  expect(await connections()).toBeGreaterThan(0);
  await ai[Symbol.asyncDispose]();
  await vi.waitFor(async () => expect(await connections()).toBe(0), { timeout: 60_000 });
});

it('refuses options that cannot be used when it is called, and vectors where pgvector is not', async (context) => {
  server.required(context);
  expect(() => postgres({ namespace: '' })).toThrow(
    expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }),
  );
  await expect(server.open({ vectors: { dimensions: 2 } })).rejects.toMatchObject({
    code: 'AIWORK_UNSUPPORTED_CAPABILITY',
    message: expect.stringContaining('no pgvector'),
  });
});
