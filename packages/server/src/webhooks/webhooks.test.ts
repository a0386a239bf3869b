import { inspect } from 'node:util';
import { createOrchestrator, defineFlow, type RunContext } from '@aiwork/core';
import { Webhook as Verifier } from 'standardwebhooks';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { double, serve, sharedStore, units } from '../server.fixture.ts';
import { createWebhooks } from './create-webhooks.ts';
import { deliveryUnitId } from './delivery-task.ts';
import { receiver } from './receiver.fixture.ts';
import { newWebhookSecret, parseSecret, signatureHeaders } from './signature.ts';
import type { Webhook, WebhooksOptions } from './webhook.ts';

vi.setConfig({ testTimeout: 60_000 });

const secret = newWebhookSecret();
const patience = { timeout: 30_000 };
const soon = { maxAttempts: 1000, minDelay: 20, maxDelay: 20 };

const hooks = (url: string, webhook: Partial<Webhook> = {}, options: Partial<WebhooksOptions> = {}) =>
  createWebhooks({
    endpoints: [{ name: 'ops', url, secret, ...webhook }],
    allowedNetworks: ['127.0.0.0/8'],
    retry: soon,
    ...options,
  });

/** A flow of one step. */
const flowOf = (id: string, run: (ctx: RunContext) => unknown) =>
  defineFlow({ id, input: z.unknown() }, (f) => f.step('only', { run: (_, ctx) => run(ctx) }));

describe('a signature', () => {
  it('is one that others understand, while secrets change, too', () => {
    const [old, next] = [newWebhookSecret(), newWebhookSecret()];
    const body = '{"type":"run.finished"}';
    const atSeconds = Math.floor(Date.now() / 1000);
    const headers = signatureHeaders(
      [old, next].map((each) => parseSecret(each, 'ops')),
      { id: 'msg_1', atSeconds, body },
    );
    for (const each of [old, next])
      expect(new Verifier(each).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Verifier(newWebhookSecret()).verify(body, headers)).toThrow();
    expect(() => new Verifier(old).verify(`${body} `, headers)).toThrow();
  });
});

describe('a webhook', () => {
  it('tells of ends and of what waits, signed', async () => {
    const { url, received } = await receiver();
    const webhooks = hooks(url);
    const { post } = await serve({ webhooks }, { plugins: [webhooks.plugin] });
    const { body } = await post(
      '/execute',
      { unit: 'ask', input: { name: 'Ada', n: 1 }, tags: ['mine'] },
      { prefer: 'wait=0' },
    );
    await expect.poll(() => received.length, patience).toBe(1);
    await post(`/executions/${body.executionId}/signals/may`, { payload: { yes: true } });
    await expect.poll(() => received.length, patience).toBe(2);
    const [waits, ends] = received.map(({ body: text, headers }) =>
      new Verifier(secret).verify(text, headers),
    );
    const about = { executionId: body.executionId, unit: 'ask', version: '1', tags: ['mine'] };
    expect(waits).toMatchObject({
      type: 'step.waiting',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { ...about, event: { stepId: 'may', prompt: 'May Ada?' } },
    });
    expect(ends).toMatchObject({
      type: 'run.finished',
      data: { ...about, event: { status: 'succeeded', output: true } },
    });
    expect(received[0]?.headers['webhook-id']).not.toBe(received[1]?.headers['webhook-id']);
    await expect.poll(webhooks.report, patience).toMatchObject([{ name: 'ops', delivered: 2, failures: 0 }]);
  });

  it('tells of what it is asked to, and of nothing else: neither of deliveries nor of parts of an execution', async () => {
    const { url, received } = await receiver();
    const inner = flowOf('inner', () => 1);
    const nested = flowOf('nested', (ctx) => ctx.run(inner, {}));
    const webhooks = hooks(url, { events: ['run.started', 'run.finished'], units: ['nested', 'inner'] });
    const served = [...units, inner, nested];
    const { post } = await serve({ webhooks, units: served }, { plugins: [webhooks.plugin], units: served });
    await post('/execute', { unit: 'double', input: 1 });
    await post('/execute', { unit: 'nested' });
    await expect.poll(() => received.length, patience).toBe(2);
    await post('/execute', { unit: 'nested' });
    await expect.poll(() => received.length, patience).toBe(4);
    const told = received.map(({ body }) => JSON.parse(body));
    expect(told.map(({ data }) => data.unit)).toEqual(['nested', 'nested', 'nested', 'nested']);
    expect(new Set(told.map(({ type }) => type))).toEqual(new Set(['run.started', 'run.finished']));
  });

  it('is told again until it answers: killed in between, and with one id', async () => {
    const { url, received, kill, restart, answer } = await receiver((response) => void response.destroy());
    const webhooks = hooks(url);
    const { post } = await serve({ webhooks }, { plugins: [webhooks.plugin] });
    await post('/execute', { unit: 'double', input: 21 });
    await expect.poll(() => received.length, patience).toBeGreaterThan(1);
    await kill();
    const failures = webhooks.report()[0]?.failures ?? 0;
    await expect.poll(() => webhooks.report()[0]?.failures, patience).toBeGreaterThan(failures + 2);
    answer((response) => void response.writeHead(200).end());
    await restart();
    await expect.poll(() => webhooks.report()[0]?.delivered, patience).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(JSON.parse(received.at(-1)?.body ?? '')).toMatchObject({ data: { event: { output: 42 } } });
  });

  it('is given up after so many attempts, and shows neither its address nor its secret', async () => {
    const { url, received } = await receiver((response) => void response.writeHead(500).end());
    const webhooks = hooks(url, {}, { retry: { maxAttempts: 3, minDelay: 1, maxDelay: 1 } });
    const { post, orchestrator } = await serve({ webhooks }, { plugins: [webhooks.plugin] });
    await post('/execute', { unit: 'double', input: 1 });
    const failed = () => orchestrator.list({ unitId: deliveryUnitId, status: 'failed' });
    await expect.poll(async () => (await failed()).items.length, patience).toBe(1);
    expect(received).toHaveLength(3);
    const [report] = webhooks.report();
    expect(report).toMatchObject({
      delivered: 0,
      failures: 3,
      lastError: { message: expect.stringContaining('answered 500') },
    });
    const [run] = (await failed()).items;
    const shown = [
      JSON.stringify(await Array.fromAsync(orchestrator.events(run?.id ?? ''))),
      JSON.stringify(run),
      inspect(webhooks, { depth: 9 }),
      JSON.stringify(report),
    ].join();
    expect(shown).not.toContain('very-secret-path');
    expect(shown).not.toContain(secret.slice('whsec_'.length));
  });

  it('is told by the next process what the last one could not', async () => {
    const plugin = sharedStore();
    const { url, received, kill, restart } = await receiver((response) => void response.writeHead(503).end());
    const first = hooks(url);
    const one = await serve({ webhooks: first }, { plugins: [plugin(), first.plugin] });
    await one.post('/execute-async', { unit: 'ask', input: { name: 'Ada', n: 1 } });
    await expect.poll(() => received.length, patience).toBeGreaterThan(0);
    await one.server.close();
    await one.orchestrator.close();
    await kill();
    const id = received[0]?.headers['webhook-id'];
    received.length = 0;
    await restart();
    const second = hooks(url);
    await serve({ webhooks: second }, { plugins: [plugin(), second.plugin] });
    await expect.poll(() => received.length, patience).toBeGreaterThan(0);
    expect(received[0]?.headers['webhook-id']).toBe(id);
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ type: 'step.waiting' });
  });

  it('is told of what ended just before the last process did', async () => {
    const plugin = sharedStore();
    const { url, received } = await receiver();
    const silent = createOrchestrator({ units, plugins: [plugin()] });
    const run = await silent.start(double, 4);
    await run.result();
    await silent.close();
    const webhooks = hooks(url);
    await serve({ webhooks }, { plugins: [plugin(), webhooks.plugin] });
    await expect.poll(() => received.length, patience).toBe(1);
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
      data: { executionId: run.id, event: { output: 8 } },
    });
    // A third one finds that this was done.
    const again = hooks(url);
    const { post } = await serve({ webhooks: again }, { plugins: [plugin(), again.plugin] });
    await post('/execute', { unit: 'double', input: 5 });
    await expect.poll(() => received.length, patience).toBe(2);
    expect(JSON.parse(received[1]?.body ?? '')).toMatchObject({ data: { event: { output: 10 } } });
  });

  it('is told without its values of what is too large', async () => {
    const { url, received } = await receiver();
    const webhooks = hooks(url);
    const large = flowOf('large', () => 'x'.repeat(300_000));
    const { post } = await serve(
      { webhooks, units: [large] },
      { plugins: [webhooks.plugin], units: [large] },
    );
    await post('/execute', { unit: 'large' });
    await expect.poll(() => received.length, patience).toBe(1);
    const { data } = JSON.parse(received[0]?.body ?? '');
    expect(data).toMatchObject({ truncated: true, event: { status: 'succeeded' } });
    expect(data.event).not.toHaveProperty('output');
  });

  it.each([
    [{ name: '' }, /is called ""/],
    [{ url: 'http://example.org' }, /nor of http:/],
    [{ url: 'https://ada:pw@example.org' }, /has a user name/],
    [{ secret: 'whsec_c2hvcnQ=' }, /is none: give whsec_/],
    [{ secret: [] }, /has no secret/],
  ] satisfies readonly [Partial<Webhook>, RegExp][])('is refused with %j', (webhook, message) => {
    const endpoint = { name: 'ops', url: 'https://example.org', secret, ...webhook };
    expect(() => createWebhooks({ endpoints: [endpoint] })).toThrow(message);
  });

  it('needs its plugin', async () => {
    const orchestrator = createOrchestrator({ units });
    onTestFinished(() => orchestrator.close());
    const webhooks = hooks('https://example.org');
    await expect(serve({ webhooks, orchestrator })).rejects.toThrow(
      /give webhooks.plugin to createOrchestrator/,
    );
  });
});
