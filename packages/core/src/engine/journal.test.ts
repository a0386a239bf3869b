import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { AiworkError } from '../errors.ts';
import {
  eventsOf,
  flowOf,
  gate,
  lastingStore,
  rejection,
  untilAborted,
  untilEvent,
} from './engine.fixture.ts';

describe('the journal of a run', () => {
  it('goes on when the lease ran out and nobody took it, as after a debugger or a long calculation', async () => {
    let time = 0;
    const { open } = lastingStore(() => time);
    await using ai = open({ leaseTtl: '30s' });
    const flow = flowOf((f) => {
      const a = f.step('a', {
        run: () => {
          time += 60_000;
        },
      });
      return f.step('b', { needs: { a }, run: () => 'done' });
    });
    expect(await (await ai.start(flow, {})).result()).toBe('done');
  });

  it('takes one write for what follows from each other at once: nothing waits for the result of the last step', async () => {
    const { open, store } = lastingStore();
    const append = vi.spyOn(store, 'append');
    await using ai = open();
    const flow = flowOf((f) => {
      const a = f.step('a', { run: async () => 1 });
      return f.step('b', { needs: { a }, run: async ({ a }) => a + 1 });
    });
    expect(await (await ai.start(flow, {})).result()).toBe(2);
    const writes = append.mock.calls.map(([, { events }]) => events.map(({ type }) => type));
    expect(writes).toEqual([
      ['run.started', 'step.started', 'step.succeeded'],
      ['step.started', 'step.succeeded', 'run.finished'],
    ]);
  });

  it('is given up once another worker wrote to it, even if that let it go again', async () => {
    let time = 0;
    const { open } = lastingStore(() => time);
    const free = gate();
    let tries = 0;
    const flow = flowOf((f) =>
      f.step('a', {
        run: async (_, { signal }) => {
          tries += 1;
          if (tries === 2) await untilAborted(signal);
          await free.opened;
        },
      }),
    );
    await using here = open({ leaseTtl: '10m' });
    const run = await here.start(flow, {});
    await untilEvent(run, (event) => event.type === 'step.started');
    time += 3_600_000;
    const there = open({ units: [flow] });
    const taken = await there.resume(run.id);
    await untilEvent(taken, (event) => event.type === 'run.resumed');
    await there.close();
    free.open();
    expect((await rejection(run.result())).code).toBe('AIWORK_LEASE_LOST');
  });

  it.each(['done', 'not done'] as const)(
    'is not given up when the answer to a write is lost, and the write was %s',
    async (what) => {
      const { open, store } = lastingStore();
      const flow = flowOf((f) => {
        const a = f.step('a', { run: async () => 1 });
        return f.step('b', { needs: { a }, run: async ({ a }) => a + 1 });
      });
      let calls = 0;
      await using ai = open(
        {},
        {
          async append(...args) {
            calls += 1;
            if (calls % 2 === 0) return store.append(...args);
            if (what === 'done') await store.append(...args);
            throw new AiworkError('AIWORK_STORE_FAILED', 'no answer', {
              retryable: true,
              outcome: 'unknown',
            });
          },
        },
      );
      const run = await ai.start(flow, {});
      expect(await run.result()).toBe(2);
      const events = await eventsOf(run);
      expect(events.map(({ type }) => type)).toEqual([
        'run.started',
        'step.started',
        'step.succeeded',
        'step.started',
        'step.succeeded',
        'run.finished',
      ]);
      expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    },
  );

  it('takes in what others wrote where the answer to a write was lost', async () => {
    const { open, store } = lastingStore();
    const flow = flowOf((f) => f.waitFor('w', { payload: z.number() }));
    let lose = false;
    await using ai = open(
      {},
      {
        async append(runId, append) {
          if (!lose) return store.append(runId, append);
          lose = false;
          throw new AiworkError('AIWORK_STORE_FAILED', 'no answer', { retryable: true, outcome: 'unknown' });
        },
      },
    );
    const run = await ai.start(flow, {});
    await untilEvent(run, (event) => event.type === 'step.waiting');
    lose = true;
    await using there = open({ units: [flow] });
    await there.signal(run.id, 'w', 7);
    expect(await run.result()).toBe(7);
  });

  it('is given up when it cannot be written for long', { timeout: 30_000 }, async () => {
    const { open } = lastingStore();
    const busy = new AiworkError('AIWORK_STORE_BUSY', 'busy', { retryable: true, outcome: 'unknown' });
    const flow = flowOf((f) => f.step('a', { run: () => 'done' }));
    await using ai = open({}, { append: () => Promise.reject(busy) });
    expect((await rejection((await ai.start(flow, {})).result())).code).toBe('AIWORK_STORE_BUSY');
  });

  it('is not given up when it cannot be read for a moment', async () => {
    const { open, store } = lastingStore();
    let failed = 0;
    await using ai = open(
      { leaseTtl: '1s' },
      {
        events(...args) {
          if (failed > 2) return store.events(...args);
          failed += 1;
          throw new AiworkError('AIWORK_STORE_BUSY', 'busy', { retryable: true });
        },
      },
    );
    const flow = flowOf((f) =>
      f.step('a', {
        run: async () => {
          while (failed <= 2) await new Promise((resolve) => setTimeout(resolve, 20));
          return 'done';
        },
      }),
    );
    expect(await (await ai.start(flow, {})).result()).toBe('done');
  });

  it('has nothing behind its end, whatever a loser of a race does then', async () => {
    const { open, store } = lastingStore();
    const lost = gate();
    const [ending, end] = [gate(), gate()];
    await using ai = open(
      {},
      {
        async append(runId, append) {
          if (append.events.some(({ type }) => type === 'run.finished')) {
            ending.open();
            await end.opened;
          }
          return store.append(runId, append);
        },
      },
    );
    const run = await ai.start(
      flowOf((f) => {
        const a = f.step('a', { run: () => 'won' });
        const b = f.step('b', { run: () => lost.opened });
        return f.race('r', { needs: { a, b } });
      }),
      {},
    );
    await ending.opened;
    lost.open();
    await new Promise((resolve) => setImmediate(resolve));
    end.open();
    expect(await run.result()).toBe('won');
    expect((await eventsOf(ai.events(run.id))).at(-1)?.type).toBe('run.finished');
  });
});
