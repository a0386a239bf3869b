import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type EventBatch, eventBatch, toEventText } from './event-batch.ts';
import { eventStream } from './event-stream.ts';

vi.setConfig({ testTimeout: 60_000 });

const patience = { timeout: 30_000 };

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
  return { state, source: batches() };
}

describe('a stream of events', () => {
  it('makes no more than its reader takes, and cuts off one that takes nothing', async () => {
    const { state, source } = endless();
    const reader = new AbortController();
    const stream = eventStream(source, reader, { heartbeatMs: 20 });
    stream.read(1);
    const [error] = await once(stream, 'error');
    expect(error).toMatchObject({ message: 'its reader takes nothing' });
    expect(state.made).toBeLessThan(10);
    expect(reader.signal.aborted).toBe(true);
    await expect.poll(() => state.isOver, patience).toBe(true);
  });

  it('says something while nothing happens, for as long as it is read', async () => {
    const happened = Promise.withResolvers<void>();
    async function* late(): AsyncGenerator<EventBatch, void> {
      await happened.promise;
      yield eventBatch([{ seq: 7, type: 'run.finished', json: '{}' }]);
    }
    const stream = eventStream(late(), new AbortController(), { heartbeatMs: 5 });
    let text = '';
    for await (const chunk of stream) {
      text += chunk;
      if (text.length > 40) happened.resolve();
    }
    expect(text).toMatch(/^(: \n\n){10,}id: 7\nevent: run.finished\ndata: {}\n\n$/);
  });

  it('says nothing after its end, which a slow reader has not come to', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    async function* one(): AsyncGenerator<EventBatch, void> {
      yield eventBatch([{ seq: 7, type: 'run.finished', json: '{}' }]);
    }
    const stream = eventStream(one(), new AbortController(), { heartbeatMs: 1000 });
    await new Promise<void>((resolve) => {
      stream.on('data', (chunk) => {
        if (!String(chunk).includes('run.finished')) return;
        stream.pause();
        resolve();
      });
    });
    // What it is made of is over by then, too.
    await sleep(5);
    vi.advanceTimersByTime(3000);
    const ended = once(stream, 'end');
    stream.resume();
    await ended;
  });

  it('gives up what it reads from when its reader goes', async () => {
    const { state, source } = endless();
    const reader = new AbortController();
    const stream = eventStream(source, reader);
    await once(stream, 'readable');
    stream.destroy();
    await once(stream, 'close');
    expect({ aborted: reader.signal.aborted, isOver: state.isOver }).toEqual({ aborted: true, isOver: true });
    const { made } = state;
    await sleep(20);
    expect(state.made).toBe(made);
  });
});
