import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ChatModel, createOrchestrator, defineAgent, defineTask } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ask, double, parseEvents, serve, sharedStore } from './server.fixture.ts';

const input = { name: 'Ada', n: 1 };

async function waiting(post: Awaited<ReturnType<typeof serve>>['post']): Promise<string> {
  const { body } = await post('/execute', { unit: 'ask', input }, { prefer: 'wait=0' });
  return body.executionId;
}

describe('an execution', () => {
  it('goes on when it is given what it waits for, once', async () => {
    const { post, get } = await serve();
    const id = await waiting(post);
    const path = `/executions/${id}/signals/may`;
    const key = { 'idempotency-key': 'k' };
    expect(await post(path, { payload: { yes: 'no' } })).toMatchObject({
      status: 422,
      body: { code: 'AIWORK_INVALID_INPUT', errors: [{ pointer: '/payload/yes' }] },
    });
    expect(await post(path, { payload: { yes: true } }, key)).toMatchObject({ status: 202 });
    await expect
      .poll(async () => (await get(`/status/${id}`)).body)
      .toMatchObject({
        status: 'succeeded',
        output: true,
      });
    expect((await post(path, { payload: { yes: true } }, key)).status).toBe(202);
    expect(await post(path, { payload: { yes: true } })).toMatchObject({
      status: 409,
      body: { code: 'AIWORK_RUN_FINISHED' },
    });
  });

  it('is cancelled, with a reason', async () => {
    const { post, get } = await serve();
    const id = await waiting(post);
    expect((await post(`/executions/${id}/cancel`, { reason: 'too late' })).status).toBe(202);
    await expect
      .poll(async () => (await get(`/status/${id}`)).body)
      .toMatchObject({
        status: 'cancelled',
        error: { message: expect.stringContaining('too late') },
      });
    expect((await post(`/executions/${id}/cancel`)).status).toBe(202);
  });

  it('is run again, from a step on', async () => {
    const { post, get } = await serve();
    const id = await waiting(post);
    await post(`/executions/${id}/signals/may`, { payload: { yes: false } });
    const { status, body, headers } = await post(`/executions/${id}/rerun`, { from: 'end' });
    expect(status).toBe(202);
    expect(body.rerunOf).toBe(id);
    await expect.poll(async () => (await get(headers.get('location') ?? '')).body.output).toBe(false);
  });

  it('is shown once it is over, where that is preferred, and as it is when that takes too long', async () => {
    const { post, get } = await serve();
    const id = await waiting(post);
    const path = `/status/${id}`;
    expect((await get(path, { prefer: 'wait=0' })).body.status).toBe('waiting');
    expect((await get(path, { prefer: 'wait=1' })).body.status).toBe('waiting');
    const over = get(path, { prefer: 'wait=4' });
    await post(`/executions/${id}/signals/may`, { payload: { yes: true } });
    expect((await over).body).toMatchObject({ status: 'succeeded', output: true });
    expect((await get('/status/none', { prefer: 'wait=4' })).status).toBe(404);
  });

  it('is not sent again while it has not changed', async () => {
    const { post, get } = await serve();
    const id = await waiting(post);
    const { headers } = await get(`/status/${id}`);
    const tag = headers.get('etag') ?? '';
    expect(headers.get('retry-after')).toBe('1');
    for (const known of [tag, `W/${tag}`, `"another", ${tag}`, '*'])
      expect(await get(`/status/${id}`, { 'if-none-match': known })).toMatchObject({ status: 304, body: '' });
    expect((await get(`/status/${id}`, { 'if-none-match': '"another"' })).status).toBe(200);
    await post(`/executions/${id}/signals/may`, { payload: { yes: true } });
    await expect.poll(async () => (await get(`/status/${id}`, { 'if-none-match': tag })).status).toBe(200);
  });

  it('is listed, by unit, status and tag, a page at a time', async () => {
    const { post, get } = await serve();
    for (const n of [1, 2, 3]) await post('/execute', { unit: 'double', input: n });
    await waiting(post);
    const first = await get('/executions?limit=2&unit=double');
    expect(first.body.items).toHaveLength(2);
    const second = await get(
      `/executions?limit=2&unit=double&cursor=${encodeURIComponent(first.body.cursor)}`,
    );
    expect(second.body.items).toHaveLength(1);
    expect(second.body.cursor).toBeUndefined();
    expect((await get('/executions?status=waiting')).body.items).toMatchObject([{ unit: 'ask' }]);
    expect((await get('/executions?tag=sums')).body.items).toHaveLength(3);
    expect((await get('/executions?limit=0')).status).toBe(400);
    expect((await get('/executions?cursor=what')).status).toBe(400);
  });

  it.each([
    ['GET', '/status/nobody'],
    ['GET', '/executions/nobody/events'],
    ['POST', '/executions/nobody/cancel'],
    ['POST', '/executions/nobody/resume'],
    ['POST', '/executions/nobody/rerun'],
  ])('that nobody started is not found: %s %s', async (method, path) => {
    const { get, post } = await serve();
    const { status, body } = method === 'GET' ? await get(path) : await post(path);
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'AIWORK_RUN_NOT_FOUND' });
  });

  it('of a unit that is not served cannot be seen or touched', async () => {
    const secret = defineTask({ id: 'secret', input: z.string(), run: (text) => text });
    const orchestrator = createOrchestrator({ units: [secret, double] });
    const { get, post } = await serve({ orchestrator, units: [double] });
    const { id, result } = await orchestrator.start(secret, 'hush');
    await result();
    expect((await get(`/status/${id}`)).status).toBe(404);
    expect((await get(`/executions/${id}/events`)).status).toBe(404);
    for (const what of ['cancel', 'resume', 'rerun']) {
      expect((await post(`/executions/${id}/${what}`)).status).toBe(404);
    }
    expect((await post(`/executions/${id}/signals/x`, { payload: 1 })).status).toBe(404);
    expect((await get('/executions')).body.items).toEqual([]);
    expect((await post('/execute', { unit: 'secret', input: 'x' })).status).toBe(404);
  });
});

describe('the events of an execution', () => {
  it('come as they happen, past ones first, and end with it', async () => {
    const { post, url } = await serve();
    const id = await waiting(post);
    const response = await fetch(`${url}/executions/${id}/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const text = response.text();
    await post(`/executions/${id}/signals/may`, { payload: { yes: true } });
    const events = parseEvents(await text);
    expect(events.map((event) => event.id)).toEqual(events.map((_, i) => i + 1));
    expect(events[0]?.type).toBe('run.started');
    expect(events.at(-1)).toMatchObject({
      type: 'run.finished',
      data: { status: 'succeeded', output: true },
    });
    expect(events[0]?.data).not.toHaveProperty('owner');
  });

  it('go on after the last one that a client saw', async () => {
    const { post, get } = await serve();
    const id = await waiting(post);
    await post(`/executions/${id}/signals/may`, { payload: { yes: true } });
    const all = parseEvents((await get(`/executions/${id}/events`)).body);
    const rest = parseEvents((await get(`/executions/${id}/events`, { 'last-event-id': '3' })).body);
    expect(rest).toEqual(all.slice(3));
    expect(parseEvents((await get(`/executions/${id}/events?after=3`)).body)).toEqual(rest);
    expect((await get(`/executions/${id}/events`, { 'last-event-id': 'x' })).status).toBe(400);
  });

  it.each(['-1', '1e21', 'all'])('follow none that is called %s', async (after) => {
    const { get } = await serve();
    expect((await get(`/executions/any/events?after=${after}`)).status).toBe(400);
    expect((await get('/executions/any/events', { 'last-event-id': after })).status).toBe(400);
  });

  it('are the same for many readers, on every server of one run store', async () => {
    const shared = sharedStore();
    const one = await serve({}, { plugins: [shared()] });
    const other = await serve({}, { plugins: [shared()] });
    const id = await waiting(one.post);
    const reading = Array.from({ length: 20 }, (_, i) =>
      (i % 2 ? one : other).get(`/executions/${id}/events`),
    );
    await one.post(`/executions/${id}/signals/may`, { payload: { yes: true } });
    const texts = await Promise.all(reading);
    expect(new Set(texts.map(({ body }) => JSON.stringify(parseEvents(body)))).size).toBe(1);
    expect(parseEvents(texts[0]?.body).at(-1)?.type).toBe('run.finished');
  });

  it('show what a model writes while it writes it', async () => {
    const go = Promise.withResolvers<void>();
    const script = scriptedChatModel(['It is done.'], { chunkLength: 3 });
    const model: ChatModel = {
      ...script,
      async *stream(...asked) {
        for await (const chunk of script.stream(...asked)) {
          yield chunk;
          await go.promise;
        }
      },
    };
    const writer = defineAgent({ id: 'writer', model, instructions: 'Write.' });
    const { url, post } = await serve({ units: [writer] }, { units: [writer] });
    const { body } = await post('/execute', { unit: 'writer', input: 'Is it?' }, { prefer: 'wait=0' });
    const response = await fetch(`${url}/executions/${body.executionId}/events`);
    let seen = '';
    const words = () =>
      parseEvents(seen.slice(0, seen.lastIndexOf('\n\n')))
        .filter(({ type }) => type === 'model.delta')
        .map(({ id, data }) => ({ id, text: data.text }));
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      seen += part;
      // It writes no more before this was seen.
      if (words().length === 1) go.resolve();
    }
    expect(words()).toEqual(['It ', 'is ', 'don', 'e.'].map((text) => ({ text })));
  });

  it('are whole in an answer that has no chunks, and in one that needs no network', async () => {
    const { get, post, url, server } = await serve();
    const id = await waiting(post);
    await post(`/executions/${id}/signals/may`, { payload: { yes: true } });
    const path = `/executions/${id}/events`;
    const { body } = await get(path);
    expect((await server.app.inject(path)).body).toBe(body);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
    const answer = await text(socket);
    expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe(body);
  });

  it('wait for what is asked before on the same connection', async () => {
    const { get, post, url } = await serve();
    const id = await waiting(post);
    const events = `/executions/${id}/events`;
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const ask = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${more}\r\n`;
    socket.write(ask(`/status/${id}`, 'prefer: wait=4\r\n') + ask(events));
    const answer = text(socket);
    await post(`/executions/${id}/signals/may`, { payload: { yes: true } });
    const [, first, second, ...rest] = (await answer).split('HTTP/1.1 200 OK');
    expect(first).toContain(`"executionId":"${id}"`);
    expect(second).toContain('0\r\n\r\n');
    expect(parseEvents(second ?? '').length).toBe(parseEvents((await get(events)).body).length);
    expect(rest).toEqual([]);
  });

  it('end when the server stops, for a client to come back elsewhere', async () => {
    const { post, url, server } = await serve();
    const id = await waiting(post);
    const response = await fetch(`${url}/executions/${id}/events`);
    const text = response.text();
    await server.close();
    expect(parseEvents(await text).at(-1)?.type).toBe('step.waiting');
  });
});

describe('what is served', () => {
  it('is listed by kind, with what it takes', async () => {
    const { get } = await serve();
    const { body } = await get('/flows');
    expect(body.items).toMatchObject([{ id: 'ask', kind: 'flow', input: { required: ['name', 'n'] } }]);
    expect((await get('/tasks')).body.items.map(({ id }: { id: string }) => id)).toEqual([
      'double',
      'broken',
    ]);
    expect((await get('/tools')).body.items).toEqual([]);
    expect((await get('/flows/ask/graph')).body).toEqual(JSON.parse(JSON.stringify(ask.toGraph())));
    expect((await get('/flows/double/graph')).status).toBe(404);
  });

  it('is described by an OpenAPI document, refusals included', async () => {
    const { get } = await serve();
    const { body } = await get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const operations = Object.values(body.paths).flatMap((path) => Object.values(path as object));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { responses } of operations) {
      expect(responses.default.content).toHaveProperty('application/problem+json');
    }
  });
});
