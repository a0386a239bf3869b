import { createOrchestrator, defineTask } from '@aiwork/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { redisMemory } from './index.ts';
import { testServer } from './redis-server.fixture.ts';

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

it('fills the slot under the name it was given, and ends its connection with the orchestrator', async () => {
  const namespace = server.namespace();
  const admin = server.admin();
  const connections = async () =>
    String(await admin.client('LIST'))
      .split('\n')
      .filter((line) => line.includes(' name=of-the-plugin ')).length;
  const plugin = redisMemory({
    url: server.service().url,
    client: { connectionName: 'of-the-plugin' },
    namespace,
    name: 'notes',
    default: true,
  });
  const ai = createOrchestrator({ plugins: [plugin] });
  onTestFinished(() => ai[Symbol.asyncDispose]());
  const run = await ai.start(recall, 'where is the key?');
  expect(await run.result()).toBe('The spare key is under the blue pot');
  expect(await connections()).toBe(1);
  await ai[Symbol.asyncDispose]();
  await vi.waitFor(async () => expect(await connections()).toBe(0), { timeout: 60_000 });
});

it('refuses options that cannot be used when it is called', () => {
  expect(() => redisMemory({ maxStalenessMs: -1 })).toThrow(
    expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }),
  );
});
