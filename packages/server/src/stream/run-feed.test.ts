import type { Run, RunEvent } from '@aiwork/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EventBatch } from './event-batch.ts';
import { createRunFeeds } from './run-feed.ts';
import { createWritePace } from './write-pace.ts';

vi.setConfig({ testTimeout: 60_000 });

const patience = { timeout: 30_000 };
const pace = createWritePace(250);
const never = new AbortController().signal;

const unused = () => Promise.reject(new Error('not of interest here'));
const handle = { result: unused, cancel: unused } satisfies Partial<Run<unknown>>;

/** A run whose events the test makes, and how often they were asked for. */
function scriptedRun() {
  const journal: RunEvent[] = [];
  /** What is not in the journal. */
  const live: RunEvent[] = [];
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

  function say(text: string): void {
    const { length: seq } = journal;
    live.push({ type: 'model.delta', stepId: 's', text, seq, at: 0, runId: 'r' });
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
      let shown = live.length;
      for (let at = afterSeq; !signal.aborted; ) {
        const event = journal[at];
        const said = live[shown];
        if (said && said.seq <= at) {
          shown += 1;
          yield said;
        } else if (event) {
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
    say,
    finish,
    watching: () => watching,
    feeds: createRunFeeds(
      {
        open: async (id, { afterSeq = 0, signal = never } = {}) => {
          asked.open += 1;
          const status = async () => (isOver() ? 'succeeded' : 'running');
          return { ...handle, id, status, [Symbol.asyncIterator]: () => follow(afterSeq, signal) };
        },
        async *events(_, { afterSeq = 0 } = {}) {
          asked.events += 1;
          yield* journal.slice(afterSeq);
        },
      },
      pace,
    ),
  };
}

/** Takes what it is sent when the test asks for it, or all at once. */
function reader(signal: AbortSignal = never) {
  const sent: EventBatch[] = [];
  let enough = Number.POSITIVE_INFINITY;
  let changed = Promise.withResolvers<void>();
  return {
    signal,
    sent,
    numbers: () => sent.flatMap(numbersIn),
    /** Has enough with so many batches more. */
    takeOnly(count: number) {
      enough = sent.length + count;
      changed.resolve();
    },
    write(batch: EventBatch) {
      sent.push(batch);
      return sent.length < enough;
    },
    async taken() {
      while (sent.length >= enough && !signal.aborted) {
        changed = Promise.withResolvers();
        await changed.promise;
      }
    },
  };
}

const numbersIn = ({ messages }: EventBatch): number[] =>
  messages.map((message) => JSON.parse(message.toString()).seq);

const wordsOf = ({ sent }: { readonly sent: readonly EventBatch[] }): string[] =>
  sent
    .flatMap(({ messages }) => messages.map((message) => JSON.parse(message.toString())))
    .filter(({ type }) => type === 'model.delta')
    .map(({ text }) => text);

/** What is under way, and needs no timer, gets on. */
const turns = async (count = 20) => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i);

describe('the feed of a run', () => {
  it('reads what happens once, and makes it text once, for all its readers', async () => {
    const { feeds, asked, add, finish } = scriptedRun();
    add(3);
    const readers = Array.from({ length: 600 }, () => reader());
    const over = readers.map((each, i) => feeds.send('r', i % 3, each));
    await expect.poll(() => asked.open, patience).toBe(1);
    add(2);
    await expect.poll(() => readers.every(({ sent }) => sent.length > 1), patience).toBe(true);
    const batches = readers.map(({ sent }) => sent.at(-1) as EventBatch);
    expect(numbersIn(batches[0] as EventBatch)).toEqual([4, 5]);
    expect(new Set(batches.map(({ chunk }) => chunk)).size).toBe(1);
    expect(new Set(batches.map(({ frames }) => frames)).size).toBe(1);
    finish();
    await Promise.all(over);
    expect(asked.open).toBe(1);
    readers.forEach(({ numbers }, i) => {
      expect(numbers()).toEqual(upTo(6, 1 + (i % 3)));
    });
  });

  it('shows what a model writes to all who are there, and to nobody twice', async () => {
    const { feeds, add, say, finish } = scriptedRun();
    add(2);
    const [first, late] = [reader(), reader()];
    const over = [feeds.send('r', 0, first)];
    await expect.poll(() => first.numbers(), patience).toEqual([1, 2]);
    for (const word of ['It', ' is']) {
      say(word);
      await expect.poll(() => wordsOf(first).at(-1), patience).toBe(word);
    }
    // It was there before, and comes back.
    over.push(feeds.send('r', 2, late));
    await turns();
    say(' so');
    await expect.poll(() => wordsOf(late), patience).toEqual([' so']);
    add(1);
    finish();
    await Promise.all(over);
    expect(wordsOf(first)).toEqual(['It', ' is', ' so']);
    expect(wordsOf(late)).toEqual([' so']);
    expect(first.numbers()).toEqual([1, 2, 2, 2, 2, 3, 4]);
    expect(late.numbers()).toEqual([2, 3, 4]);
  });

  it('keeps little for a reader that is behind: it goes on from the journal, and misses nothing', async () => {
    const { feeds, asked, add, finish } = scriptedRun();
    add(1);
    const [slow, quick] = [reader(), reader()];
    slow.takeOnly(2);
    const over = [feeds.send('r', 0, slow), feeds.send('r', 0, quick)];
    await expect.poll(() => asked.open, patience).toBe(1);
    add(1);
    await expect.poll(() => slow.numbers(), patience).toEqual([1, 2]);
    const before = asked.events;
    // 20 MB, of which it is told nothing while it takes nothing.
    for (let i = 0; i < 20; i += 1) {
      add(10, 'x'.repeat(100_000));
      await turns(1);
    }
    finish();
    await over[1];
    expect(quick.numbers()).toEqual(upTo(203));
    expect(slow.numbers()).toEqual([1, 2]);
    slow.takeOnly(Number.POSITIVE_INFINITY);
    await over[0];
    expect(slow.numbers()).toEqual(upTo(203));
    expect(asked.events).toBeGreaterThan(before + 10);
    expect(asked.open).toBe(1);
  });

  it('goes on with what is kept for a reader that had enough for a moment', async () => {
    const { feeds, asked, add, finish } = scriptedRun();
    const [slow, quick] = [reader(), reader()];
    add(1);
    const over = [feeds.send('r', 0, slow), feeds.send('r', 0, quick)];
    await expect.poll(() => asked.open, patience).toBe(1);
    slow.takeOnly(1);
    for (let n = 2; n < 7; n += 1) {
      add(1);
      await expect.poll(() => quick.numbers(), patience).toEqual(upTo(n));
    }
    expect(slow.numbers()).toEqual([1, 2]);
    const before = asked.events;
    slow.takeOnly(Number.POSITIVE_INFINITY);
    await expect.poll(() => slow.numbers(), patience).toEqual(upTo(6));
    expect(asked.events).toBe(before);
    finish();
    await Promise.all(over);
    expect(slow.numbers()).toEqual(upTo(7));
  });

  it('gives long histories a part at a time, and follows no run that is over', async () => {
    const { feeds, asked, add, finish } = scriptedRun();
    add(1000);
    finish();
    const [all, some] = [reader(), reader()];
    await feeds.send('r', 0, all);
    await feeds.send('r', 990, some);
    expect(all.numbers()).toEqual(upTo(1001));
    expect(some.numbers()).toEqual(upTo(1001, 991));
    expect(asked.open).toBe(0);
    const slow = reader();
    slow.takeOnly(1);
    const over = feeds.send('r', 0, slow);
    await expect.poll(() => slow.sent.length, patience).toBe(1);
    await turns();
    expect(slow.numbers().length).toBeLessThan(500);
    slow.takeOnly(Number.POSITIVE_INFINITY);
    await over;
  });

  it('gives others their turn between the parts of a long history', async () => {
    const { feeds, add, finish } = scriptedRun();
    add(2000);
    finish();
    let turn = 0;
    let isOver = false;
    const others = () => {
      turn += 1;
      if (!isOver) setImmediate(others);
    };
    others();
    const turnsOfParts: number[] = [];
    const write = () => turnsOfParts.push(turn) > 0;
    await feeds.send('r', 0, { ...reader(), write });
    isOver = true;
    expect(turnsOfParts.length).toBeGreaterThan(5);
    expect(new Set(turnsOfParts).size).toBe(turnsOfParts.length);
  });

  it('ends for who knows all of a run that is over', async () => {
    const { feeds, add, finish } = scriptedRun();
    add(2);
    finish();
    for (const known of [3, 1000]) {
      const each = reader();
      await feeds.send('r', known, each);
      expect(each.sent).toEqual([]);
    }
  });

  it('keeps nobody from what happens, because somebody waits for what comes much later', async () => {
    const { feeds, asked, add, finish } = scriptedRun();
    add(2);
    const [late, next] = [reader(), reader()];
    const over = [feeds.send('r', 1000, late)];
    await expect.poll(() => asked.open, patience).toBe(1);
    over.push(feeds.send('r', 2, next));
    await expect.poll(() => asked.open, patience).toBe(2);
    const before = asked.events;
    add(1);
    await expect.poll(() => next.numbers(), patience).toEqual([3]);
    expect(asked.events).toBe(before);
    finish();
    await Promise.all(over);
    expect(next.numbers()).toEqual([3, 4]);
    expect(late.numbers()).toEqual([]);
  });

  it.each(['is over', 'goes on'])(
    'reads the journal of a run that %s once for all who come at once',
    async (how) => {
      vi.useFakeTimers({ toFake: ['setTimeout'] });
      onTestFinished(() => void vi.useRealTimers());
      const { feeds, asked, add, finish } = scriptedRun();
      add(1000);
      if (how === 'is over') finish();
      const readers = Array.from({ length: 100 }, () => reader());
      const over: Promise<void>[] = [];
      for (const each of readers) {
        over.push(feeds.send('r', 0, each));
        await turns(1);
      }
      if (how === 'goes on') {
        await expect
          .poll(() => readers.every(({ numbers }) => numbers().length === 1000), patience)
          .toBe(true);
        finish();
      }
      await Promise.all(over);
      for (const { numbers } of readers) expect(numbers()).toEqual(upTo(1001));
      expect(asked).toEqual({ events: 4, open: how === 'is over' ? 0 : 1 });
    },
  );

  it('follows a run for as long as somebody reads', async () => {
    const { feeds, asked, add, finish, watching } = scriptedRun();
    add(2);
    const [first, second] = [new AbortController(), new AbortController()];
    const over = [feeds.send('r', 0, reader(first.signal)), feeds.send('r', 0, reader(second.signal))];
    await expect.poll(watching, patience).toBe(1);
    first.abort();
    await over[0];
    expect(watching()).toBe(1);
    second.abort();
    await over[1];
    await expect.poll(watching, patience).toBe(0);
    const again = reader();
    const rest = feeds.send('r', 1, again);
    await expect.poll(() => asked.open, patience).toBe(2);
    finish();
    await rest;
    expect(again.numbers()).toEqual([2, 3]);
  });

  it('tells all its readers when it fails', async () => {
    const failure = new Error('the store is gone');
    const feeds = createRunFeeds(
      {
        open: () => Promise.reject(failure),
        async *events() {},
      },
      pace,
    );
    const over = Array.from({ length: 300 }, () => feeds.send('r', 0, reader()));
    for (const each of await Promise.allSettled(over))
      expect(each).toEqual({ status: 'rejected', reason: failure });
  });
});
