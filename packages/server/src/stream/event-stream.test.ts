import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type EventBatch, eventBatch, toEventText } from './event-batch.ts';
import type { EventReader } from './event-reader.ts';
import { streamEvents } from './event-stream.ts';

vi.setConfig({ testTimeout: 60_000 });

const patience = { timeout: 30_000 };
const heartbeatMs = 1000;

/** Events of 16 KB for as long as they are asked for; says how many were, and whether they are given up. */
function endless() {
  const state = { made: 0, isOver: false };
  async function* batches(): AsyncGenerator<EventBatch, void> {
    try {
      for (;;) {
        state.made += 1;
        const message = 'x'.repeat(16 * 1024);
        const seq = state.made;
        yield eventBatch([
          toEventText({ type: 'log', stepId: 's', level: 'info', message, seq, at: 0, runId: 'r' }),
        ]);
      }
    } finally {
      state.isOver = true;
    }
  }
  return { state, batches: batches() };
}

/** Sends no more than is taken. */
const all = (batches: AsyncIterable<EventBatch>) => async (reader: EventReader) => {
  for await (const batch of batches) {
    if (reader.signal.aborted) return;
    if (!reader.write(batch)) await reader.taken();
  }
};

const finished: EventBatch = eventBatch([{ seq: 7, type: 'run.finished', json: '{}' }]);

/** What is in the chunks of an answer, all of which are whole; with `|` where it ends. */
function bodyOf(answer: string): string {
  let body = '';
  for (let rest = answer.slice(answer.indexOf('\r\n\r\n') + 4); rest !== ''; ) {
    const [size = ''] = rest.split('\r\n', 1);
    const from = size.length + 2;
    const to = from + Number.parseInt(size, 16);
    expect(rest.slice(to, to + 2)).toBe('\r\n');
    body += to === from ? '|' : rest.slice(from, to);
    rest = rest.slice(to + 2);
  }
  return body;
}

/** A response over a connection whose other end takes something when it is told to; what it took so far is its text. */
async function connected() {
  const taken: string[] = [];
  let take: (() => void) | undefined;
  const socket = new Duplex({
    highWaterMark: 64 * 1024,
    read() {},
    write(chunk, _encoding, done) {
      take = () => {
        take = undefined;
        taken.push(String(chunk));
        done();
      };
    },
  });
  const server = createServer();
  const requested = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
  server.emit('connection', socket);
  socket.push('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  const [, response] = await requested;
  response.writeHead(200);
  const reader = new AbortController();
  const failures: unknown[] = [];
  return {
    response,
    reader,
    failures,
    /** Takes a write, when there is one; says whether there was. */
    takeOne() {
      const isTaken = take !== undefined;
      take?.();
      return isTaken;
    },
    /** The body, as far as it was taken. */
    body: () => bodyOf(taken.join('')),
    start: (events: AsyncIterable<EventBatch>) =>
      streamEvents(all(events), { response, reader, heartbeatMs, onError: (error) => failures.push(error) }),
  };
}

/** What is under way, and needs no timer, gets on. */
const turns = async () => {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Heartbeats come when they are told to. */
function heartbeats() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  return (count: number) => vi.advanceTimersByTime(count * heartbeatMs);
}

describe('a stream of events', () => {
  it('makes no more than its reader takes, and cuts off one that takes nothing', async () => {
    const beat = heartbeats();
    const { state, batches } = endless();
    const { response, reader, start, failures } = await connected();
    const over = start(batches);
    await turns();
    const { made } = state;
    expect(made).toBeLessThan(10);
    beat(4);
    expect(response.destroyed).toBe(false);
    beat(1);
    await over;
    // What was asked for when it was cut off may have come.
    expect(state.made - made).toBeLessThanOrEqual(1);
    const { isOver } = state;
    expect({ isOver, destroyed: response.destroyed, gone: reader.signal.aborted, failures }).toEqual({
      isOver: true,
      destroyed: true,
      gone: true,
      failures: [],
    });
  });

  it('lets one be slow that takes something now and then', async () => {
    const beat = heartbeats();
    const { state, batches } = endless();
    const { response, reader, start, takeOne } = await connected();
    const over = start(batches);
    for (let i = 0; i < 12; i += 1) {
      await turns();
      expect(takeOne()).toBe(true);
      beat(2);
    }
    expect(response.destroyed).toBe(false);
    expect(state.made).toBeLessThan(20);
    reader.abort();
    response.destroy();
    await over;
    expect(state.isOver).toBe(true);
  });

  it('says something while nothing happens, for as long as it is read', async () => {
    const beat = heartbeats();
    const happened = Promise.withResolvers<void>();
    async function* late(): AsyncGenerator<EventBatch, void> {
      await happened.promise;
      yield finished;
    }
    const { start, takeOne, body } = await connected();
    const over = start(late());
    for (let i = 0; i < 10; i += 1) {
      beat(1);
      for (await turns(); takeOne(); ) await turns();
    }
    happened.resolve();
    await over;
    for (await turns(); takeOne(); ) await turns();
    expect(body()).toBe(`${': \n\n'.repeat(11)}id: 7\nevent: run.finished\ndata: {}\n\n|`);
  });

  it('says nothing after its end, and cuts off a reader that never comes to it', async () => {
    const beat = heartbeats();
    async function* one(): AsyncGenerator<EventBatch, void> {
      yield finished;
    }
    const { response, reader, start, takeOne, body } = await connected();
    await start(one());
    beat(3);
    expect(response.destroyed).toBe(false);
    expect(takeOne()).toBe(true);
    beat(2);
    expect({ destroyed: response.destroyed, gone: reader.signal.aborted }).toEqual({
      destroyed: false,
      gone: false,
    });
    beat(4);
    await turns();
    expect({ destroyed: response.destroyed, gone: reader.signal.aborted }).toEqual({
      destroyed: true,
      gone: true,
    });
    expect(body()).not.toContain('run.finished');
  });

  it('gives up what it reads from when its reader goes', async () => {
    const { state, batches } = endless();
    const { response, reader, start, takeOne } = await connected();
    const over = start(batches);
    await turns();
    takeOne();
    response.destroy();
    await once(response, 'close');
    await over;
    await expect.poll(() => state.isOver, patience).toBe(true);
    expect(reader.signal.aborted).toBe(true);
  });

  it('reads nothing for one that has gone before it began', async () => {
    const { state, batches } = endless();
    const { response, reader, start } = await connected();
    response.destroy();
    await once(response, 'close');
    await start(batches);
    expect({ made: state.made, gone: reader.signal.aborted }).toEqual({ made: 0, gone: true });
  });

  it('breaks off, so that its reader comes back, when what it reads from fails', async () => {
    async function* failing(): AsyncGenerator<EventBatch, void> {
      yield eventBatch([{ seq: 1, type: 'run.started', json: '{}' }]);
      throw new Error('the store is gone');
    }
    const { response, reader, start, failures } = await connected();
    await start(failing());
    await turns();
    expect(failures).toEqual([new Error('the store is gone')]);
    expect({
      destroyed: response.destroyed,
      ended: response.writableEnded,
      gone: reader.signal.aborted,
    }).toEqual({
      destroyed: true,
      ended: false,
      gone: true,
    });
  });
});
