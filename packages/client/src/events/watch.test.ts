import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { settingsOf } from '../client-options.ts';
import { createClient } from '../create-client.ts';
import type { ExecutionEvent } from '../execution-event.ts';
import { serverAt } from '../http/server-at.ts';
import { gate, serve, serveThroughLink } from '../server.fixture.ts';
import { watch } from './watch.ts';

const words = 200;
/** All that happens in a run of `talk`: its own events, and those of run and step. */
const all = 2 * words + 4;

const numbers = (events: readonly ExecutionEvent[]) => events.map(({ seq }) => seq);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('watching an execution', () => {
  it('gives its events from the first to the last', async () => {
    const { client } = await serve();
    const talk = await client.start('talk', words);
    gate.open.resolve();
    const events = await Array.fromAsync(talk);
    expect(numbers(events)).toEqual(upTo(all));
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', status: 'succeeded' });
    expect(events[0]).not.toHaveProperty('owner');
  });

  it('gives those after one, and ends where there are none', async () => {
    const { client } = await serve();
    const talk = await client.start('talk', 1);
    gate.open.resolve();
    expect(numbers(await Array.fromAsync(talk.events({ after: 4 })))).toEqual([5, 6]);
    expect(await Array.fromAsync(talk.events({ after: 6 }))).toEqual([]);
    expect(await Array.fromAsync(talk.events({ after: 1000 }))).toEqual([]);
  });

  it('misses nothing and gives nothing twice when the connection is cut again and again', async () => {
    const { far, link } = await serveThroughLink();
    const talk = await far.start('talk', words);
    const seen: ExecutionEvent[] = [];
    for await (const event of talk) {
      seen.push(event);
      if (event.seq % 75 === 0) await link.cut();
      if (event.seq === words) gate.open.resolve();
    }
    expect(numbers(seen)).toEqual(upTo(all));
    expect(await talk.result()).toEqual([['words', words]]);
  });

  it('goes on where a connection is only half there', async () => {
    const { far, link, url } = await serveThroughLink();
    const { id } = await far.start('talk', words);
    const server = serverAt({ ...settingsOf({ url }), silenceMs: 200 });
    const seen: ExecutionEvent[] = [];
    for await (const event of watch(server, id, {})) {
      seen.push(event);
      if (event.seq !== words) continue;
      await link.blackhole();
      gate.open.resolve();
      // A link that heals keeps what it held back: a real one does not.
      setTimeout(() => void link.cut().then(() => link.heal()), 1000);
    }
    expect(numbers(seen)).toEqual(upTo(all));
  });

  it('gives up when the server has been out of reach for too long', async () => {
    const { far, link, url } = await serveThroughLink();
    const { id } = await far.start('talk', 1);
    const impatient = createClient({ url, maxOutageMs: 300 }).execution(id);
    const events = impatient[Symbol.asyncIterator]();
    await events.next();
    const result = impatient.result();
    await link.refuse();
    const unavailable = { code: 'AIWORK_SERVER_UNAVAILABLE', retryable: true };
    await expect(
      (async () => {
        while (!(await events.next()).done);
      })(),
    ).rejects.toMatchObject(unavailable);
    await expect(result).rejects.toMatchObject(unavailable);
  });

  it('goes on, however long nothing happens, behind a gateway that cuts connections', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const headers = { 'content-type': 'text/event-stream' };
    let connections = 0;
    const client = createClient({
      url: 'http://there',
      maxOutageMs: 10_000,
      fetch: async () => {
        connections += 1;
        if (connections > 20) return new Response('data: {"seq":1,"type":"run.finished"}\n\n', { headers });
        const body = new ReadableStream({ pull: (cut) => cut.error(new TypeError('terminated')) });
        return new Response(body, { headers });
      },
    });
    const watched = Array.fromAsync(client.execution('r')).catch((error: unknown) => error);
    await vi.runAllTimersAsync();
    expect(await watched).toMatchObject([{ seq: 1 }]);
  });

  it.each(['<html>', '7', '{"seq":1}'])('says of a stream of something else that it is: %s', async (data) => {
    const headers = { 'content-type': 'text/event-stream' };
    const other = createClient({
      url: 'http://there',
      fetch: async () => new Response(`data: ${data}\n\n`, { headers }),
    });
    await expect(Array.fromAsync(other.execution('r'))).rejects.toMatchObject({
      name: 'ClientError',
      code: 'AIWORK_SERVER_INVALID_ANSWER',
    });
  });

  it('is given up by its caller where no token comes, too', async () => {
    const stopping = new AbortController();
    const client = createClient({ url: 'http://there', token: () => new Promise(() => {}) });
    const watched = Array.fromAsync(client.execution('r').events({ signal: stopping.signal }));
    stopping.abort('enough');
    await expect(watched).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', cause: 'enough' });
  });

  it('lets go of the server when nobody watches any more', async () => {
    const { client, server } = await serve();
    const talk = await client.start('talk', 1);
    for await (const event of talk) if (event.type === 'emitted') break;
    const stopping = new AbortController();
    const watched = Array.fromAsync(talk.events({ signal: stopping.signal }));
    const waited = talk.result({ signal: stopping.signal });
    await expect.poll(() => connectionsOf(server.app.server)).toBeGreaterThan(0);
    stopping.abort('enough');
    const given = { code: 'AIWORK_CANCELLED', cause: 'enough' };
    await expect(watched).rejects.toMatchObject(given);
    await expect(waited).rejects.toMatchObject(given);
    server.app.server.closeIdleConnections();
    await expect
      .poll(() => {
        server.app.server.closeIdleConnections();
        return connectionsOf(server.app.server);
      })
      .toBe(0);
  });
});

type Connections = Awaited<ReturnType<typeof serve>>['server']['app']['server'];

const connectionsOf = (server: Connections) =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
