// Type-checked, compiled and run in a project made by npm that has nothing but the tarballs.
import assert from 'node:assert/strict';
import { exportFlow } from '@aiwork/airflow';
import { anthropic } from '@aiwork/anthropic';
import { cachedModel, memoryCache } from '@aiwork/cache';
import { createClient } from '@aiwork/client';
import { checkContract, defineSubject, embedded, stateStoreContract } from '@aiwork/contract-tests';
import {
  createMemoryStateStore,
  createOrchestrator,
  defineAgent,
  defineFlow,
  defineTask,
  type Guardrail,
  generate,
} from '@aiwork/core';
import { sqliteStorage } from '@aiwork/core/sqlite';
import { scriptedChatModel } from '@aiwork/core/testing';
import { regexGuardrail } from '@aiwork/guardrails';
import { kafkaTasks } from '@aiwork/kafka';
import { mcpTools } from '@aiwork/mcp';
import { memory } from '@aiwork/memory';
import { writeOnnx } from '@aiwork/onnx-format';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { openai } from '@aiwork/openai';
import { openrouter } from '@aiwork/openrouter';
import { createPostgresMemory } from '@aiwork/postgres';
import { redisStorage } from '@aiwork/redis';
import { createRedisMemory } from '@aiwork/redis-memory';
import { protectModel, retry, timeout } from '@aiwork/resilience';
import { createS3Cache } from '@aiwork/s3';
import { apiKeys, createServer, type Execution, newApiKey } from '@aiwork/server';
import { createTelemetry } from '@aiwork/telemetry';
import { thinkingService, thinkTask } from '@aiwork/thinking';
import { thinkingSessions } from '@aiwork/thinking/store';
import { z } from 'zod';

const remember = defineTask({
  id: 'remember',
  input: z.object({ text: z.string() }),
  run: async ({ text }, ctx) => {
    await ctx.use('memory').upsert([{ id: 'note', text }], { signal: ctx.signal });
    return { question: 'Where is the key?' };
  },
});

const noMail: Guardrail = regexGuardrail({
  name: 'no-mail',
  patterns: { mail: /\S+@\S+/ },
  onFail: 'redact',
});

const answer = defineAgent({
  id: 'answer',
  instructions: 'Answer from what you remember.',
  model: scriptedChatModel(['Ask ada@example.org for the key.']),
  memory: { topK: 1 },
  guardrails: [noMail],
});

const flow = defineFlow({ id: 'consumer', input: z.object({ text: z.string() }) }, (f) => {
  const remembered = f.call('remember', remember, { text: f.input.$.text });
  // @ts-expect-error – there is no such field
  f.input.$.nothing;
  return f.call('answer', answer, remembered.$.question);
});

await using ai = createOrchestrator({ plugins: [memory()] });
const run = await ai.start(flow, { text: 'The key is under the pot.' });
const text: string = await run.result();
assert.equal(text, 'Ask [redacted] for the key.');

const thinker = thinkTask({ model: scriptedChatModel(['Answer: 4', 'Answer: 4']) });
await using thinking = createOrchestrator({
  units: [thinker],
  plugins: [thinkingSessions({ path: 'thinking.db' })],
});
const thought = await thinking.start(thinker, { question: '2 + 2?', session: 'sums' });
assert.equal((await thought.result()).answer, '4');
assert.equal((await thinking.use('thinkingStore').session('sums'))?.title, '2 + 2?');

await using storage = sqliteStorage({ path: 'consumer.db' });
assert.equal((await storage.runStore.list({})).items.length, 0);

const { verdict } = await checkContract(
  defineSubject({
    contract: stateStoreContract,
    name: 'in memory',
    service: embedded,
    secondClient: { skipped: 'two in-memory stores share nothing' },
    open: () => createMemoryStateStore(),
  }),
);
assert.equal(verdict, 'conformant');

const [dag] = exportFlow(flow, { file: 'consumer.ts' });
assert.equal(dag?.path, 'consumer.py');

await assert.rejects(kafkaTasks({ brokers: ['127.0.0.1:1'], callTimeoutMs: 2000 }), {
  code: 'AIWORK_QUEUE_FAILED',
});
await assert.rejects(mcpTools({ none: { url: 'http://127.0.0.1:1/mcp' } }).connect(), {
  code: 'AIWORK_MCP_UNAVAILABLE',
});
await assert.rejects(createPostgresMemory({ url: 'postgres://127.0.0.1:1/none' }), {
  code: 'AIWORK_STORE_FAILED',
});
await assert.rejects(redisStorage({ url: 'redis://127.0.0.1:1' }), { code: 'AIWORK_STORE_FAILED' });
await assert.rejects(createRedisMemory({ url: 'redis://127.0.0.1:1' }), { code: 'AIWORK_STORE_FAILED' });
const nobody = { accessKeyId: 'nobody', secretAccessKey: 'none' };
await assert.rejects(createS3Cache({ bucket: 'none', endpoint: 'http://127.0.0.1:9', credentials: nobody }), {
  code: 'AIWORK_STORE_FAILED',
});

const away = { baseUrl: 'http://127.0.0.1:1', apiKey: 'none' };
for (const model of [openai('away', away), anthropic('away', away), openrouter('away', away)]) {
  await assert.rejects(generate(model, { messages: [{ role: 'user', content: 'Are you there?' }] }), {
    code: 'AIWORK_MODEL_UNAVAILABLE',
  });
}

const unsure = scriptedChatModel([new Error('not yet'), 'Here.']);
const sure = protectModel(unsure, [retry({ minDelay: 1 }), timeout({ firstOutput: '30s' })]);
// @ts-expect-error – a timeout belongs inside of a retry
assert.throws(() => protectModel(unsure, [timeout({ firstOutput: '30s' }), retry()]));
await using kept = memoryCache();
const known = cachedModel(sure, { cache: kept });
for (let i = 0; i < 2; i += 1) {
  const { text: reply } = await generate(known, { messages: [{ role: 'user', content: 'Are you there?' }] });
  assert.equal(reply, 'Here.');
}

await using runtime = createOnnxRuntime();
const value = { type: 'float32', shape: ['n'] } as const;
const negation = writeOnnx({
  opsets: { '': 17 },
  irVersion: 8,
  inputs: [{ name: 'x', ...value }],
  outputs: [{ name: 'y', ...value }],
  nodes: [{ operator: 'Neg', inputs: ['x'], outputs: ['y'] }],
});
await using local = await runtime.load({ model: negation });
const { y } = await local.infer({ x: { type: 'float32', shape: [2], data: Float32Array.of(1, -2) } });
assert.deepEqual(y?.data, Float32Array.of(-1, 2));

const { key, hash } = newApiKey();
await using server = await createServer({
  orchestrator: ai,
  units: [remember],
  auth: [apiKeys([{ id: 'consumer', scopes: ['remember:execute'], hash }])],
  extensions: [thinkingService()],
});
const url = await server.listen();
for (const path of ['', '/page.js', '/thought-tree.js']) {
  assert.equal((await fetch(`${url}/think${path}`)).status, 200);
}
const answered = await fetch(`${url}/execute`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-api-key': key },
  body: JSON.stringify({ unit: 'remember', input: { text: 'The key is under the pot.' } }),
});
assert.deepEqual(((await answered.json()) as Execution).output, { question: 'Where is the key?' });

const client = createClient<{ remember: typeof remember }>({ url, token: key });
const { question } = await client.execute('remember', { text: 'The key is under the pot.' });
assert.equal(question.toUpperCase(), 'WHERE IS THE KEY?');
// @ts-expect-error – there is no such unit
await assert.rejects(client.execute('forget', {}), { code: 'AIWORK_FLOW_NOT_REGISTERED' });

await using telemetry = createTelemetry({ serviceName: 'consumer' });
await using watched = createOrchestrator({ plugins: [memory(), telemetry.plugin] });
await (await watched.start(remember, { text: 'The key is under the pot.' })).result();
assert.match((await telemetry.scrape()).body, /^aiwork_runs_total\{unit="remember",status="succeeded"\} 1$/m);
