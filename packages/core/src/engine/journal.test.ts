import { describe, expect, it, vi } from 'vitest';
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

  it('is not given up when it cannot be written for a moment, as long as that is sure to be all', async () => {
    const { open, store } = lastingStore();
    const busy = (outcome: 'not-applied' | 'unknown') =>
      new AiworkError('AIWORK_STORE_BUSY', 'busy', { retryable: true, outcome });
    const flow = flowOf((f) => f.step('a', { run: () => 'done' }));
    let failures = 0;
    await using ai = open(
      {},
      {
        async append(...args) {
          failures += 1;
          if (failures <= 2) throw busy('not-applied');
          return store.append(...args);
        },
      },
    );
    expect(await (await ai.start(flow, {})).result()).toBe('done');
    await using unsure = open({}, { append: () => Promise.reject(busy('unknown')) });
    expect((await rejection((await unsure.start(flow, {})).result())).code).toBe('AIWORK_STORE_BUSY');
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
