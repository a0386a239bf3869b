import { once } from 'node:events';
import type { RunEvent } from '@aiwork/core';
import { fastify } from 'fastify';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { apiKeys, newApiKey } from '../auth/api-keys.ts';
import { serve, sharedStore } from '../server.fixture.ts';
import { acceptSockets } from './accept-sockets.ts';
import { askForSocket } from './ask-for-socket.fixture.ts';
import { type EventBatch, eventBatch, toEventText } from './event-batch.ts';
import type { EventReader } from './event-reader.ts';
import { sendEvents } from './event-socket.ts';

vi.setConfig({ testTimeout: 60_000 });

const patience = { timeout: 30_000 };
const input = { name: 'Ada', n: 1 };

interface SocketOptions {
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What comes over a socket until it is closed. */
function watch(url: string, path: string, { protocols = [], headers = {} }: SocketOptions = {}) {
  // Node's takes headers, which a browser's does not.
  const options = { protocols: [...protocols], headers } as unknown as string[];
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, options);
  // biome-ignore lint/suspicious/noExplicitAny: events of all types
  const events: any[] = [];
  socket.addEventListener('message', ({ data }) => events.push(JSON.parse(data)));
  const closed = new Promise<{ readonly code: number; readonly reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }));
  });
  return { socket, events, closed };
}

/** What a server answers to who asks for a socket. */
const statusOf = async (...asked: Parameters<typeof askForSocket>) => (await askForSocket(...asked)).status;

async function waiting(post: Awaited<ReturnType<typeof serve>>['post']): Promise<string> {
  const { body } = await post('/execute', { unit: 'ask', input }, { prefer: 'wait=0' });
  return body.executionId;
}

describe('a WebSocket', () => {
  it('brings the events of an execution as they happen, and is closed with its end', async () => {
    const { url, post } = await serve();
    const id = await waiting(post);
    const { events, closed } = watch(url, `/executions/${id}/events`);
    await expect.poll(() => events.at(-1)?.type, patience).toBe('step.waiting');
    await post(`/executions/${id}/signals/may`, { payload: { yes: true } });
    expect(await closed).toEqual({ code: 1000, reason: 'the execution is over' });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    expect(events[0]).toMatchObject({ type: 'run.started', runId: id });
    expect(events[0]).not.toHaveProperty('owner');
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', output: true });
  });

  it('goes on after the last event that is known, on another server of the run store', async () => {
    const plugin = sharedStore();
    const a = await serve({}, { plugins: [plugin()] });
    const b = await serve({}, { plugins: [plugin()] });
    const id = await waiting(a.post);
    const first = watch(a.url, `/executions/${id}/events`);
    await expect.poll(() => first.events.at(-1)?.type, patience).toBe('step.waiting');
    const known = first.events.at(-1).seq;
    const second = watch(b.url, `/executions/${id}/events?after=${known}`);
    await once(second.socket, 'open');
    await a.post(`/executions/${id}/signals/may`, { payload: { yes: false } });
    await Promise.all([first.closed, second.closed]);
    expect(second.events).toEqual(first.events.slice(known));
    expect(second.events.at(-1)?.type).toBe('run.finished');
  });

  it('is closed when the server stops, for the client to come back elsewhere', async () => {
    const { url, post, server } = await serve();
    const { events, closed } = watch(url, `/executions/${await waiting(post)}/events`);
    await expect.poll(() => events.at(-1)?.type, patience).toBe('step.waiting');
    await server.close();
    expect((await closed).code).toBe(1001);
  });

  it('is closed when something is sent on it', async () => {
    const { url, post } = await serve();
    const { socket, closed } = watch(url, `/executions/${await waiting(post)}/events`);
    socket.addEventListener('open', () => socket.send('hello'));
    expect((await closed).code).toBe(1008);
  });

  it('is opened only for an execution that may be seen, by whom its token says', async () => {
    const ada = newApiKey();
    const bob = newApiKey();
    const auth = [
      apiKeys([
        { id: 'ada', scopes: ['*:*'], hash: ada.hash },
        { id: 'bob', scopes: ['*:*'], hash: bob.hash },
      ]),
    ];
    const { url, post } = await serve({ auth });
    const { body } = await post('/execute', { unit: 'double', input: 2 }, { 'x-api-key': ada.key });
    const path = `/executions/${body.executionId}/events`;
    const protocolsOf = (key: string) => [
      'aiwork.events.v1',
      `aiwork.bearer.${Buffer.from(key).toString('base64url')}`,
    ];
    const { socket, events, closed } = watch(url, path, { protocols: protocolsOf(ada.key) });
    expect((await closed).code).toBe(1000);
    expect(socket.protocol).toBe('aiwork.events.v1');
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', output: 4 });
    const withHeader = watch(url, path, { headers: { authorization: `Bearer ${ada.key}` } });
    expect((await withHeader.closed).code).toBe(1000);

    const asked = (key: string) => ({ 'sec-websocket-protocol': protocolsOf(key).join(', ') });
    expect(await statusOf(url, path, asked(ada.key))).toBe(101);
    expect(await statusOf(url, path, asked(bob.key))).toBe(404);
    expect(await statusOf(url, path, asked('nobody'))).toBe(401);
    expect(await statusOf(url, path)).toBe(401);
    // Only a socket has no other way to bring its token.
    const asRequest = await fetch(`${url}${path}`, { headers: asked(ada.key) });
    expect(asRequest.status).toBe(401);
  });

  it('is refused to pages of other sites, and where there is none', async () => {
    const { url, post } = await serve({ corsOrigins: ['https://app.example.org'] });
    const path = `/executions/${await waiting(post)}/events`;
    expect(await statusOf(url, path, { origin: url })).toBe(101);
    expect(await statusOf(url, path, { origin: 'https://app.example.org' })).toBe(101);
    expect(await statusOf(url, path, { origin: 'https://example.org' })).toBe(403);
    expect(await statusOf(url, path, { origin: 'null' })).toBe(403);
    expect(await statusOf(url, `${path}?after=-1`)).toBe(400);
    expect(await statusOf(url, '/executions/nobody/events')).toBe(404);
    expect(await statusOf(url, '/flows')).toBe(400);
    expect(await statusOf(url, '/openapi.json')).toBe(400);
    expect(await statusOf(url, '/nowhere')).toBe(400);
  });
});

describe('a request that would rather be another protocol than HTTP/1.1', () => {
  it('is answered all the same', async () => {
    const { url, post } = await serve();
    const h2c = {
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAMAAABkAARAAAAA',
    };
    expect(await statusOf(url, '/health', h2c)).toBe(200);
    expect(await statusOf(url, `/executions/${await waiting(post)}/events`, h2c)).toBe(200);
  });
});

describe('a reader of a WebSocket', () => {
  /** Sends events without end; says how much was made for them, and when the reader was given up. */
  async function endless(limits: { readonly pingMs?: number; readonly stallMs?: number }, gapMs = 0) {
    const made = { bytes: 0 };
    const gone = Promise.withResolvers<void>();
    const log: RunEvent = {
      type: 'log',
      stepId: 's',
      level: 'info',
      message: 'x'.repeat(64 * 1024),
      seq: 1,
      at: 0,
      runId: 'r',
    };
    async function* batches(signal: AbortSignal): AsyncGenerator<EventBatch, void> {
      for (let seq = 1; !signal.aborted; seq += 1) {
        const batch = eventBatch([toEventText({ ...log, seq })]);
        made.bytes += batch.stream.length;
        yield batch;
        if (gapMs > 0) await new Promise((resolve) => setTimeout(resolve, gapMs));
      }
    }
    const app = fastify();
    await acceptSockets(app);
    app.route({
      method: 'GET',
      url: '/',
      handler: () => 'no socket',
      wsHandler(socket, { raw }) {
        const reader = new AbortController();
        reader.signal.addEventListener('abort', () => gone.resolve());
        const draining = new AbortController().signal;
        const send = async (to: EventReader) => {
          for await (const batch of batches(reader.signal)) if (!to.write(batch)) await to.taken();
        };
        return sendEvents(send, {
          socket,
          connection: raw.socket,
          reader,
          draining,
          onError: gone.reject,
          ...limits,
        });
      },
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => app.close());
    return { url, made, gone: gone.promise };
  }

  it('that takes nothing is let go, and nothing is kept for it', async () => {
    const { url, made, gone } = await endless({ stallMs: 500 });
    const { socket, status } = await askForSocket(url, '/');
    expect(status).toBe(101);
    socket.pause();
    await gone;
    // What fits into the buffers of two sockets of the system, and one batch.
    expect(made.bytes).toBeLessThan(32 * 1024 * 1024);
  });

  it('that does not answer is let go', async () => {
    const { url, gone } = await endless({ pingMs: 50 }, 20);
    const { socket, status } = await askForSocket(url, '/');
    expect(status).toBe(101);
    socket.resume();
    await gone;
  });

  it('that is quick is sent all, for as long as it stays', async () => {
    const { url, made, gone } = await endless({ pingMs: 1000, stallMs: 60_000 });
    const { socket, events } = watch(url, '/');
    await expect.poll(() => events.length, patience).toBeGreaterThan(1000);
    expect(events.slice(0, 1000).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i + 1),
    );
    expect(made.bytes).toBeGreaterThan(1000 * 64 * 1024);
    socket.close();
    await gone;
  });
});
