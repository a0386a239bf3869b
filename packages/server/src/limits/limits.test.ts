import { connect } from 'node:net';
import { createOrchestrator, defineTask } from '@aiwork/core';
import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiKeys, newApiKey } from '../auth/api-keys.ts';
import { createServer } from '../create-server.ts';
import { aiworkRoutes } from '../routes.ts';
import { double, serve } from '../server.fixture.ts';
import { isNestedDeeperThan } from './json-depth.ts';

const overloaded = { status: 503, body: { code: 'AIWORK_OVERLOADED' } };

/** A task that ends when it is told to. */
function gated() {
  const gate = Promise.withResolvers<string>();
  const task = defineTask({ id: 'gated', input: z.unknown(), run: () => gate.promise });
  return { task, open: () => gate.resolve('done') };
}

describe('unfinished executions', () => {
  it('are begun up to a number, and more when some are over', async () => {
    const { task, open } = gated();
    const { post, get } = await serve({ units: [task], maxUnfinished: 2 });
    const start = () => post('/execute-async', { unit: 'gated' });
    const [first] = [await start(), await start()];
    const refused = await start();
    expect(refused).toMatchObject(overloaded);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await post(`/executions/${first.body.executionId}/rerun`)).status).toBe(503);
    expect((await get(`/status/${first.body.executionId}`)).status).toBe(200);
    open();
    await expect.poll(async () => (await start()).status).toBe(202);
  });

  it('are no more for all the requests that come at once', async () => {
    const { task, open } = gated();
    const { post, orchestrator } = await serve({ units: [task], maxUnfinished: 3 });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => post('/execute-async', { unit: 'gated' })),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(3);
    expect((await orchestrator.list()).items).toHaveLength(3);
    open();
  });

  it('take one place however often they are asked for', async () => {
    const { task, open } = gated();
    const { post } = await serve({ units: [task], maxUnfinished: 2 });
    const again = () => post('/execute-async', { unit: 'gated' }, { 'idempotency-key': 'k' });
    const { body } = await again();
    for (let i = 0; i < 3; i++) expect((await again()).body.executionId).toBe(body.executionId);
    for (let i = 0; i < 3; i++)
      expect((await post(`/executions/${body.executionId}/resume`)).status).toBe(202);
    expect((await post('/execute-async', { unit: 'gated' })).status).toBe(202);
    open();
  });

  it('leave no place taken when they could not be begun', async () => {
    const { post } = await serve({ maxUnfinished: 1 });
    for (let i = 0; i < 3; i++)
      expect((await post('/execute', { unit: 'ask', input: { name: 1 } })).status).toBe(422);
    expect((await post('/execute', { unit: 'double', input: 1 })).status).toBe(200);
  });
});

describe('an event loop that is late', () => {
  const block = (ms: number) => {
    for (const until = performance.now() + ms; performance.now() < until; );
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('refuses requests while it is, but says that the server lives', async () => {
    let isBusy = true;
    const busy = defineTask({
      id: 'busy',
      input: z.unknown(),
      async run() {
        for (; isBusy; await turn()) block(800);
      },
    });
    const { post, get } = await serve({ units: [busy, double], maxEventLoopDelayMs: 400 });
    await post('/execute-async', { unit: 'busy' });
    await expect.poll(() => get('/tasks'), { timeout: 60_000 }).toMatchObject(overloaded);
    expect((await get('/health/live')).status).toBe(200);
    isBusy = false;
    await expect
      .poll(async () => (await post('/execute', { unit: 'double', input: 1 })).status, { timeout: 60_000 })
      .toBe(200);
  }, 150_000);

  it('refuses nothing for one turn that took long', async () => {
    const once = defineTask({ id: 'once', input: z.unknown(), run: () => block(1800) });
    const { post, get } = await serve({ units: [once] });
    await post('/execute', { unit: 'once' });
    expect((await get('/tasks')).status).toBe(200);
  });
});

describe('rate limits', () => {
  it('are of each principal, say when to come back, and leave health alone', async () => {
    const made = ['ada', 'bob'].map((id) => ({ ...newApiKey(), id, scopes: ['*:*'] }));
    const [ada, bob] = made.map(({ key }) => ({ 'x-api-key': key }));
    const { get } = await serve({
      auth: [apiKeys(made.map(({ id, scopes, hash }) => ({ id, scopes, hash })))],
      rateLimit: { max: 3, windowMs: 600_000 },
    });
    for (const left of ['2', '1', '0']) {
      const { status, headers } = await get('/tasks', ada);
      expect({ status, left: headers.get('ratelimit-remaining') }).toEqual({ status: 200, left });
    }
    const refused = await get('/flows', ada);
    expect(refused).toMatchObject({ status: 429, body: { code: 'AIWORK_RATE_LIMITED' } });
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(600);
    expect((await get('/tasks', bob)).status).toBe(200);
    expect((await get('/health')).status).toBe(200);
  });

  it('are of each address where there are no principals, and end with the window', async () => {
    const { get } = await serve({ rateLimit: { max: 1, windowMs: 500 }, trustProxy: ['loopback'] });
    const from = (address: string) => get('/tasks', { 'x-forwarded-for': address });
    expect((await from('192.0.2.1')).status).toBe(200);
    expect((await from('192.0.2.2')).status).toBe(200);
    await expect.poll(async () => (await from('192.0.2.1')).status).toBe(429);
    await expect.poll(async () => (await from('192.0.2.1')).status).toBe(200);
  });

  it.each([
    ['max', { max: 0 }],
    ['windowMs', { max: 1, windowMs: 0.5 }],
  ])('are refused when they limit nothing: %s', async (name, rateLimit) => {
    await using orchestrator = createOrchestrator();
    await expect(createServer({ orchestrator, units: [double], rateLimit })).rejects.toThrow(
      `rateLimit.${name} is`,
    );
  });

  it('are kept in a prefix of an application, too', async () => {
    await using orchestrator = createOrchestrator();
    const app = fastify();
    app.get('/own', () => 'own');
    const rateLimit = { max: 1 };
    await app.register(aiworkRoutes, { prefix: '/work', orchestrator, units: [double], rateLimit });
    expect((await app.inject('/work/tasks')).statusCode).toBe(200);
    expect((await app.inject('/work/tasks')).statusCode).toBe(429);
    for (let i = 0; i < 3; i++) expect((await app.inject('/own')).statusCode).toBe(200);
    await app.close();
  });
});

describe('a body that is nested', () => {
  it.each([
    ['lists', '['.repeat(400_000)],
    ['objects', '{"a":'.repeat(100_000)],
    ['whole', `${'['.repeat(600)}${']'.repeat(600)}`],
  ])('too deep is refused before it is read: %s', async (_, input) => {
    const { url } = await serve();
    const headers = { 'content-type': 'application/json' };
    const body = `{"unit":"double","input":${input}}`;
    const response = await fetch(`${url}/execute`, { method: 'POST', headers, body });
    expect(await response.json()).toMatchObject({ status: 400, detail: expect.stringContaining('500 deep') });
  });

  it.each<[string, number, boolean]>([
    ['[[1]]', 2, false],
    ['[[[1]]]', 2, true],
    ['[[1],[1],{"a":1}]', 2, false],
    ['{"[[[[":"]\\"[[["}', 1, false],
    ['"\\\\"[[', 1, true],
    ['[1,[2]', 1, true],
    ['"[[[', 1, false],
  ])('is measured outside texts: %s', (json, depth, isDeeper) => {
    expect(isNestedDeeperThan(depth, json)).toBe(isDeeper);
  });
});

describe('a client that never ends its request', () => {
  it('is answered 408 and cut off', async () => {
    const { url } = await serve({ requestTimeoutMs: 200 });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.write(
      'POST /execute HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    );
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });
});
