import type { Run, RunEvent } from '@aiwork/core';
import { describe, expect, it, vi } from 'vitest';
import type { EventBatch } from './event-batch.ts';
import { createRunFeeds } from './run-feed.ts';

vi.setConfig({ testTimeout: 60_000 });

const patience = { timeout: 30_000 };
const never = new AbortController().signal;

const unused = () => Promise.reject(new Error('not of interest here'));
const handle = { result: unused, cancel: unused } satisfies Partial<Run<unknown>>;

/** A run whose events the test makes, and how often they were asked for. */
function scriptedRun() {
  const journal: RunEvent[] = [];
  const asked = { events: 0, open: 0 };
  let changed = Promise.withResolvers<void>();
  let watching = 0;
  const wake = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  function add(count: number, message = ''): void {
    for (let i = 0; i < count; i += 1) {
      const seq = journal.length + 1;
      journal.push({ type: 'log', stepId: 's', level: 'info', message, seq, at: 0, runId: 'r' });
    }
    wake();
  }

  function finish(): void {
    journal.push({ type: 'run.finished', status: 'succeeded', seq: journal.length + 1, at: 0, runId: 'r' });
    wake();
  }

  const isOver = () => journal.at(-1)?.type === 'run.finished';

  async function* follow(afterSeq: number, signal: AbortSignal): AsyncGenerator<RunEvent, void> {
    watching += 1;
    signal.addEventListener('abort', wake);
    try {
      for (let at = afterSeq; !signal.aborted; ) {
        const event = journal[at];
        if (event) {
          at += 1;
          yield event;
        } else if (isOver()) return;
        else await changed.promise;
      }
    } finally {
      watching -= 1;
    }
  }

  return {
    asked,
    add,
    finish,
    watching: () => watching,
    feeds: createRunFeeds({
      open: async (id, { afterSeq = 0, signal = never } = {}) => {
        asked.open += 1;
        const status = async () => (isOver() ? 'succeeded' : 'running');
        return { ...handle, id, status, [Symbol.asyncIterator]: () => follow(afterSeq, signal) };
      },
      async *events(_, { afterSeq = 0 } = {}) {
        asked.events += 1;
        yield* journal.slice(afterSeq);
      },
    }),
  };
}

const numbersIn = ({ messages }: EventBatch): number[] =>
  messages.map((message) => JSON.parse(message.toString()).seq);

async function numbersOf(events: AsyncIterable<EventBatch>): Promise<number[]> {
  const numbers: number[] = [];
  for await (const batch of events) numbers.push(...numbersIn(batch));
  return numbers;
}

const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i);

describe('the feed of a run', () => {
  it('reads what happens once, and makes it text once, for all its readers', async () => {
    const { feeds, asked, add, finish } = scriptedRun();
    add(3);
    const readers = Array.from({ length: 50 }, (_, i) => feeds.read('r', i % 3, never));
    await Promise.all(readers.map((reader) => reader.next()));
    const next = readers.map((reader) => reader.next());
    await expect.poll(() => asked.open, patience).toBe(1);
    add(2);
    const batches = (await Promise.all(next)).map(({ value }) => value as EventBatch);
    expect(numbersIn(batches[0] as EventBatch)).toEqual([4, 5]);
    expect(new Set(batches.map(({ stream }) => stream)).size).toBe(1);
    expect(asked.open).toBe(1);
    finish();
    await Promise.all(readers.map((reader) => reader.next().then(() => reader.return())));
  });

  it('keeps little for a reader that is behind: it goes on from the journal, and misses nothing', async () => {
    const { feeds, asked, add, finish } = scriptedRun();
    add(1);
    const [slow, quick] = [feeds.read('r', 0, never), feeds.read('r', 0, never)];
    const seen = numbersIn((await slow.next()).value as EventBatch);
    const waiting = slow.next();
    const all = numbersOf(quick);
    await expect.poll(() => asked.open, patience).toBe(1);
    add(1);
    seen.push(...numbersIn((await waiting).value as EventBatch));
    const before = asked.events;
    // 20 MB, of which it is told nothing while it reads nothing.
    for (let i = 0; i < 20; i += 1) {
      add(10, 'x'.repeat(100_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    finish();
    expect(await all).toEqual(upTo(203));
    expect([...seen, ...(await numbersOf(slow))]).toEqual(upTo(203));
    expect(asked.events).toBeGreaterThan(before + 10);
    expect(asked.open).toBe(1);
  });

  it('gives long histories a part at a time, and follows no run that is over', async () => {
    const { feeds, asked, add, finish } = scriptedRun();
    add(1000);
    finish();
    expect(await numbersOf(feeds.read('r', 0, never))).toEqual(upTo(1001));
    expect(await numbersOf(feeds.read('r', 990, never))).toEqual(upTo(1001, 991));
    expect(asked.open).toBe(0);
    const first = (await feeds.read('r', 0, never).next()).value as EventBatch;
    expect(first.messages.length).toBeLessThan(500);
  });

  it('ends for who knows all of a run that is over', async () => {
    const { feeds, add, finish } = scriptedRun();
    add(2);
    finish();
    expect(await numbersOf(feeds.read('r', 3, never))).toEqual([]);
    expect(await numbersOf(feeds.read('r', 1000, never))).toEqual([]);
  });

  it('keeps nobody from what happens, because somebody waits for what comes much later', async () => {
    const { feeds, asked, add, finish } = scriptedRun();
    add(2);
    const late = numbersOf(feeds.read('r', 1000, never));
    await expect.poll(() => asked.open, patience).toBe(1);
    const reader = feeds.read('r', 2, never);
    const next = reader.next();
    await expect.poll(() => asked.open, patience).toBe(2);
    const before = asked.events;
    add(1);
    expect(numbersIn((await next).value as EventBatch)).toEqual([3]);
    expect(asked.events).toBe(before);
    finish();
    expect(await numbersOf(reader)).toEqual([4]);
    expect(await late).toEqual([]);
  });

  it('reads a journal once for all who come at once', async () => {
    const { feeds, asked, add, finish } = scriptedRun();
    add(1000);
    finish();
    const readers = Array.from({ length: 100 }, () => numbersOf(feeds.read('r', 0, never)));
    for (const numbers of await Promise.all(readers)) expect(numbers).toEqual(upTo(1001));
    expect(asked.events).toBe(4);
  });

  it('follows a run for as long as somebody reads', async () => {
    const { feeds, asked, add, finish, watching } = scriptedRun();
    add(2);
    const stop = new AbortController();
    const [leaving, gone] = [feeds.read('r', 0, stop.signal), feeds.read('r', 0, never)];
    await Promise.all([leaving.next(), gone.next()]);
    const rest = [leaving.next(), gone.next()];
    await expect.poll(watching, patience).toBe(1);
    add(1);
    await Promise.all(rest);
    await gone.return();
    expect(watching()).toBe(1);
    const ended = leaving.next();
    stop.abort();
    expect((await ended).done).toBe(true);
    await expect.poll(watching, patience).toBe(0);
    const again = numbersOf(feeds.read('r', 1, never));
    await expect.poll(() => asked.open, patience).toBe(2);
    finish();
    expect(await again).toEqual([2, 3, 4]);
  });
});
