import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { createMemoryRunStore, createOrchestrator, defineFlow, definePlugin, defineTask } from '@aiwork/core';
import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createServer } from './create-server.ts';
import { aiworkRoutes } from './routes.ts';
import { ask, double, serve, units } from './server.fixture.ts';

describe('POST /execute', () => {
  it('answers with the output when the run is over', async () => {
    const { post } = await serve();
    const { status, body } = await post('/execute', { unit: 'double', input: 21, tags: ['t'], priority: 3 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ unit: 'double', status: 'succeeded', output: 42, tags: ['sums', 't'] });
  });

  it('answers with the error of one that failed, and not with where it was thrown', async () => {
    const { post } = await serve();
    const { status, body } = await post('/execute', { unit: 'broken', input: null });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('the disk is full'), step: 'broken' },
    });
    expect(JSON.stringify(body)).not.toContain('.ts');
  });

  it('answers 202 with where to look when the run is not over in time', async () => {
    const { post, get } = await serve();
    const input = { name: 'Ada', n: 1 };
    const { status, body, headers } = await post('/execute', { unit: 'ask', input }, { prefer: 'wait=0' });
    expect(status).toBe(202);
    const { body: later } = await get(headers.get('location') ?? '');
    expect(later).toMatchObject({
      executionId: body.executionId,
      status: 'waiting',
      waitingFor: [{ step: 'may', prompt: 'May Ada?' }],
    });
  });

  it('shows values that JSON has no words for by what comes nearest', async () => {
    const odd = defineTask({
      id: 'odd',
      input: z.unknown(),
      run: () => ({
        big: 2n ** 70n,
        map: new Map([['a', 1]]),
        bytes: new Uint8Array([1, 2]),
        at: new Date(0),
      }),
    });
    const { post } = await serve({ units: [odd] });
    const { body } = await post('/execute', { unit: 'odd' });
    expect(body.output).toEqual({
      big: '1180591620717411303424',
      map: [['a', 1]],
      bytes: [1, 2],
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('checks the input of a flow once, and reads no journal for an output that it knows', async () => {
    let checks = 0;
    let reads = 0;
    const store = createMemoryRunStore();
    const counting = definePlugin({
      name: 'counting',
      setup: (host) =>
        host.provide('runStore', {
          ...store,
          events(...given) {
            reads += 1;
            return store.events(...given);
          },
        }),
    });
    const counted = z.number().refine(() => (checks += 1));
    const flow = defineFlow({ id: 'flow', input: counted }, (f) =>
      f.step('next', { needs: { n: f.input }, run: ({ n }) => n + 1 }),
    );
    const { post } = await serve({ units: [flow] }, { plugins: [counting()] });
    expect((await post('/execute', { unit: 'flow', input: 1 })).body.output).toBe(2);
    expect({ checks, reads }).toEqual({ checks: 1, reads: 0 });
  });

  it('starts one run for an idempotency key, however often it is sent', async () => {
    let runs = 0;
    const count = defineTask({
      id: 'count',
      input: z.unknown(),
      async run() {
        runs += 1;
        await delay(20);
        return runs;
      },
    });
    const { post } = await serve({ units: [count] });
    const key = { 'idempotency-key': 'order 4711' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post('/execute', { unit: 'count' }, key)),
    );
    expect(new Set(answers.map(({ body }) => body.executionId)).size).toBe(1);
    expect(answers.map(({ body }) => body.output)).toEqual(Array(8).fill(1));
    expect((await post('/execute', { unit: 'count' })).body.output).toBe(2);
  });
});

describe('POST /execute-async', () => {
  it('answers when the run is in the journal', async () => {
    const { post, get } = await serve();
    const { status, headers, body } = await post('/execute-async', { unit: 'double', input: 4 });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/status/${body.executionId}`);
    await expect.poll(async () => (await get(`/status/${body.executionId}`)).body.output).toBe(8);
  });
});

describe('a request that is refused', () => {
  it.each<[string, unknown, number, object]>([
    ['no unit', { input: 1 }, 400, { errors: [{ pointer: '/unit' }] }],
    ['a member nobody knows', { unit: 'double', inptu: 1 }, 400, { errors: [{ pointer: '/inptu' }] }],
    ['a tag that is a number', { unit: 'double', tags: ['a', 2] }, 400, { errors: [{ pointer: '/tags/1' }] }],
    ['a list for a body', [1], 400, { errors: [{ pointer: '' }] }],
    ['a unit that is not served', { unit: 'triple' }, 404, { code: 'AIWORK_FLOW_NOT_REGISTERED' }],
    ['an input of another type', { unit: 'double', input: '1' }, 422, { errors: [{ pointer: '/input' }] }],
    [
      'an input with two wrong fields',
      { unit: 'ask', input: { name: 1, n: 1.5 } },
      422,
      { errors: [{ pointer: '/input/name' }, { pointer: '/input/n' }] },
    ],
  ])('says what is wrong, and where: %s', async (_, body, status, problem) => {
    const { post, orchestrator } = await serve();
    const answer = await post('/execute', body);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer).toMatchObject({ status, body: { status, ...problem } });
    expect((await orchestrator.list()).items).toEqual([]);
  });

  it.each([
    ['truncated JSON', '{"unit": "double"', 'application/json', 400],
    ['a poisoned prototype', '{"unit": "double", "__proto__": {"input": 1}}', 'application/json', 400],
    ['a body of another type', 'unit=double', 'application/x-www-form-urlencoded', 415],
    [
      'a body that is too large',
      JSON.stringify({ unit: 'double', input: 'x'.repeat(2000) }),
      'application/json',
      413,
    ],
  ])('says so of %s', async (_, body, type, status) => {
    const { url } = await serve({ maxBodyBytes: 1000 });
    const headers = { 'content-type': type };
    const response = await fetch(`${url}/execute`, { method: 'POST', headers, body });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status, title: response.statusText });
  });

  it('says nothing of what is wrong with the server', async () => {
    const store = createMemoryRunStore();
    const secretive = definePlugin({
      name: 'secretive',
      setup: (host) =>
        host.provide('runStore', {
          ...store,
          createRun: () => Promise.reject(new Error('cannot reach redis://user:hunter2@10.0.0.7')),
        }),
    });
    const { post } = await serve({}, { plugins: [secretive()] });
    const { status, body } = await post('/execute', { unit: 'double', input: 1 });
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toMatch(/redis|hunter2/);
  });
});

describe('a server', () => {
  it('is not made of units that requests could not tell apart, or of none', async () => {
    await using orchestrator = createOrchestrator();
    const twin = defineTask({ id: 'ask', input: z.unknown(), run: () => 1 });
    await expect(createServer({ orchestrator, units: [ask, twin] })).rejects.toThrow(/called "ask"/);
    await expect(createServer({ orchestrator, units: [] })).rejects.toThrow(/units is empty/);
  });

  it.each([
    ['maxWaitMs', Number.POSITIVE_INFINITY],
    ['maxWaitMs', -1],
    ['drainTimeoutMs', 30 * 24 * 60 * 60_000],
    ['requestTimeoutMs', 0],
    ['maxEventLoopDelayMs', Number.NaN],
    ['maxUnfinished', Number.NaN],
    ['maxBodyBytes', 1.5],
  ])('is not made with %s of %d, which it could not keep', async (name, value) => {
    await using orchestrator = createOrchestrator();
    const made = createServer({ orchestrator, units: [double], [name]: value });
    await expect(made).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringContaining(`${name} is ${value}`),
    });
  });

  it('tells those who still ask while it stops to ask elsewhere', async () => {
    const seen = Promise.withResolvers<void>();
    const authenticate = async () => {
      seen.resolve();
      return { id: 'ada', scopes: ['*:*'] };
    };
    const { server, url } = await serve({ auth: [{ authenticate }] });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const body = JSON.stringify({ unit: 'double', input: 1 });
    const head = [
      'POST /execute HTTP/1.1',
      'host: a',
      'x-api-key: k',
      'content-type: application/json',
      `content-length: ${body.length}`,
    ].join('\r\n');
    // A request that is not whole yet keeps its connection open.
    socket.write(`${head}\r\n\r\n{`);
    await seen.promise;
    const closed = server.close();
    socket.write(`${body.slice(1)}${head}\r\n\r\n${body}`);
    const answers = await text(socket);
    expect(answers).toMatch(/^HTTP\/1.1 20[02] /);
    const [, refusal = ''] = answers.split('HTTP/1.1 503 ');
    expect(refusal).toMatch(/^content-type: application\/problem\+json/im);
    expect(refusal).toMatch(/^retry-after: 1\r?$/im);
    expect(refusal).toContain('AIWORK_CLOSED');
    await closed;
  });

  it('tells who waits where to look when it stops, and takes no more', async () => {
    const { post, get, server } = await serve();
    const waiting = post('/execute', { unit: 'ask', input: { name: 'Ada', n: 1 } });
    await expect.poll(async () => (await get('/executions')).body.items.length).toBe(1);
    const closed = server.close();
    const { status, headers } = await waiting;
    expect(status).toBe(202);
    expect(headers.get('location')).toMatch(/^\/status\//);
    await closed;
    await expect(post('/execute', { unit: 'double', input: 1 })).rejects.toThrow();
  });

  it('stops in time, though a client never ends what it sends', async () => {
    const { server, url } = await serve({ drainTimeoutMs: 100 });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      'POST /execute HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    );
    await delay(50);
    const begun = performance.now();
    await server.close();
    expect(performance.now() - begun).toBeLessThan(2000);
    socket.destroy();
  });

  it('can be part of an application, under a prefix', async () => {
    await using orchestrator = createOrchestrator();
    const app = fastify();
    await app.register(aiworkRoutes, { prefix: '/work', orchestrator, units: [double] });
    app.get('/own', () => 'own');
    const body = { unit: 'double', input: 1 };
    const { headers } = await app.inject({ method: 'POST', url: '/work/execute-async', body });
    expect(headers['location']).toMatch(/^\/work\/status\//);
    expect((await app.inject(String(headers['location']))).statusCode).toBe(200);
    expect((await app.inject('/own')).body).toBe('own');
    expect((await app.inject('/nowhere')).json()).not.toHaveProperty('type');
    await app.close();
  });

  it('says what it is, and whether it takes work', async () => {
    const { get } = await serve();
    expect((await get('/info')).body).toMatchObject({ name: '@aiwork/server', units: units.length });
    for (const path of ['/health', '/health/live', '/health/ready'])
      expect(await get(path)).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('takes no work while its run store does not answer, and is alive', async () => {
    const store = createMemoryRunStore();
    const away = definePlugin({
      name: 'away',
      setup: (host) => host.provide('runStore', { ...store, list: () => Promise.reject(new Error('away')) }),
    });
    const { get } = await serve({}, { plugins: [away()] });
    expect(await get('/health/ready')).toMatchObject({ status: 503, body: { status: 'failing' } });
    expect((await get('/health/live')).status).toBe(200);
  });
});
