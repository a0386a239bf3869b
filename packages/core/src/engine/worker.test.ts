import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunStore } from '../adapters/run-store.ts';
import { createMemoryRunStore } from '../embedded/memory-run-store.ts';
import { AiworkError } from '../errors.ts';
import { createOrchestrator } from '../orchestrator.ts';
import type { OrchestratorOptions } from '../orchestrator-api.ts';
import { definePlugin } from '../plugin.ts';
import { virtualClock } from '../testing/index.ts';
import { defineFlow } from '../units/define-flow.ts';
import { flowOf, untilAborted, untilEvent } from './engine.fixture.ts';

const begin = Date.UTC(2030, 0, 1, 5, 59);
const minute = 60_000;

/** Several orchestrators on one store and one clock. */
function world() {
  const clock = virtualClock({ startAt: begin });
  // Leases go by the machine's time, as the engine renews them.
  const inner = createMemoryRunStore();
  const store: RunStore = { ...inner, capabilities: { ...inner.capabilities, durability: 'service-kill' } };
  const storage = definePlugin({ name: 'storage', setup: (host) => host.provide('runStore', store) });
  return {
    clock,
    store,
    open: (options: OrchestratorOptions) => createOrchestrator({ clock, plugins: [storage()], ...options }),
  };
}

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const disposable of opened.splice(0).reverse()) await disposable[Symbol.asyncDispose]();
});
const keep = <T extends AsyncDisposable>(disposable: T): T => {
  opened.push(disposable);
  return disposable;
};

describe('a worker', () => {
  it('takes up runs whose process went away', async () => {
    const { clock, open } = world();
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => 'a' });
      const w = f.sleep('w', { needs: { a }, for: '1h' });
      return f.step('b', { needs: { a, w }, run: ({ a }) => `${a}b` });
    });
    const here = open({});
    const run = await here.start(flow, {});
    await untilEvent(run, (event) => event.type === 'step.sleeping');
    await here.close();

    const there = keep(open({ units: [flow] }));
    keep(await there.worker({ pollInterval: '1m' }));
    await clock.advance(10 * minute);
    expect((await there.get(run.id))?.status).toBe('waiting');
    await clock.advance(60 * minute);
    expect(await (await there.open(run.id)).result()).toBe('ab');
  });

  it('is not kept from its work by sub-flows nobody goes on with', async () => {
    const { clock, store, open } = world();
    const record = {
      version: '1',
      graphHash: '',
      status: 'running',
      tags: [],
      createdAt: 0,
      updatedAt: 0,
    } as const;
    for (let i = 0; i < 5; i++) {
      const parent = { runId: 'gone', stepId: 's' };
      await store.createRun({ ...record, id: `gone.s${i}`, unitId: 'inner', parent });
    }
    const flow = flowOf((f) => f.step('a', { run: () => 'done' }));
    await store.createRun({ ...record, id: 'r', unitId: flow.id, graphHash: flow.toGraph().hash });
    const there = keep(open({ units: [flow] }));
    keep(await there.worker({ pollInterval: '1m', concurrency: 2 }));
    await clock.advance(10 * minute);
    expect((await there.get('r'))?.status).toBe('succeeded');
  });

  it('tries again what a busy store kept it from', async () => {
    const { clock, store, open } = world();
    const flow = flowOf((f) => f.step('a', { run: () => 'done' }));
    const graphHash = flow.toGraph().hash;
    await store.createRun({
      id: 'r',
      unitId: flow.id,
      version: '1',
      graphHash,
      status: 'running',
      tags: [],
      createdAt: 0,
      updatedAt: 0,
    });
    let tries = 0;
    const busy: RunStore = {
      ...store,
      async lease(...args) {
        tries += 1;
        if (tries === 1) throw new AiworkError('AIWORK_STORE_BUSY', 'busy', { retryable: true });
        return store.lease(...args);
      },
    };
    const storage = definePlugin({ name: 'storage', setup: (host) => host.provide('runStore', busy) });
    const there = keep(open({ units: [flow], plugins: [storage()] }));
    keep(await there.worker({ pollInterval: '1m' }));
    await clock.advance(10 * minute);
    expect((await there.get('r'))?.status).toBe('succeeded');
  });

  it('leaves runs of units it does not know, and says so once', async () => {
    const { clock, open } = world();
    const here = open({});
    const run = await here.start(
      flowOf((f) => f.step('a', { run: (_, { signal }) => untilAborted(signal) }), 'unknown'),
      {},
    );
    await here.close();
    const warnings: string[] = [];
    const listen = (warning: Error) => void warnings.push(warning.message);
    process.on('warning', listen);
    const there = keep(open({}));
    keep(await there.worker({ pollInterval: '1m' }));
    await clock.advance(5 * minute);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect((await there.get(run.id))?.status).toBe('running');
    expect(warnings.filter((message) => message.includes('"unknown"'))).toHaveLength(1);
  });

  it('prunes what is older than the retention', async () => {
    const { clock, open } = world();
    const ai = keep(open({ retention: '1h' }));
    const run = await ai.start(
      flowOf((f) => f.input),
      {},
    );
    await run.result();
    keep(await ai.worker({ pollInterval: '1m' }));
    await clock.advance(2 * 60 * minute);
    expect(await ai.get(run.id)).toBeUndefined();
  });
});

describe('a schedule', () => {
  const daily = (
    run: (ctx: { signal: AbortSignal }) => unknown,
    overlap?: 'skip' | 'queue' | 'cancel-previous',
    catchUp = false,
  ) =>
    defineFlow(
      {
        id: 'daily',
        input: z.unknown(),
        schedule: { cron: '0 6 * * *', catchUp, ...(overlap && { overlap }), input: { from: 'schedule' } },
      },
      (f) => f.step('a', { needs: { input: f.input }, run: (_, ctx) => run(ctx) as unknown }),
    );
  const ids = async (ai: ReturnType<typeof createOrchestrator>) =>
    (await ai.list()).items.map((record) => `${record.id} ${record.status}`);

  it('starts a run at its time, whose id tells the time', async () => {
    const { clock, open } = world();
    const ai = keep(open({ units: [daily(() => 1)] }));
    keep(await ai.worker());
    await clock.advance(minute);
    expect(await ids(ai)).toEqual(['daily@2030-01-01T06:00:00.000Z succeeded']);
    expect((await ai.get('daily@2030-01-01T06:00:00.000Z'))?.input).toEqual({ from: 'schedule' });
  });

  it('starts one run, however many workers there are', async () => {
    const { clock, open } = world();
    let ran = 0;
    for (const _ of [1, 2, 3]) {
      const ai = keep(open({ units: [daily(() => ++ran)] }));
      keep(await ai.worker());
    }
    await clock.advance(minute);
    expect(ran).toBe(1);
  });

  it('starts the version named last, not one that is kept for old runs', async () => {
    const { clock, open } = world();
    const ran: string[] = [];
    const version = (v: string) =>
      defineFlow({ id: 'daily', version: v, input: z.unknown(), schedule: { cron: '0 6 * * *' } }, (f) =>
        f.step('a', { run: () => void ran.push(v) }),
      );
    const ai = keep(open({ units: [version('1'), version('2')] }));
    keep(await ai.worker());
    await clock.advance(minute);
    expect(ran).toEqual(['2']);
  });

  it('goes by the clock of its time zone', async () => {
    const { clock, open } = world();
    const flow = defineFlow(
      { id: 'zoned', input: z.unknown(), schedule: { cron: '0 7 * * *', timezone: 'Europe/Zurich' } },
      (f) => f.input,
    );
    const ai = keep(open({ units: [flow] }));
    keep(await ai.worker());
    await clock.advance(minute);
    expect(await ids(ai)).toEqual(['zoned@2030-01-01T06:00:00.000Z succeeded']);
  });

  it('skips a time while the last run goes on, unless told otherwise', async () => {
    const { clock, open } = world();
    const ai = keep(open({ units: [daily(({ signal }) => untilAborted(signal))] }));
    keep(await ai.worker());
    await clock.advance(25 * 60 * minute);
    expect(await ids(ai)).toEqual(['daily@2030-01-01T06:00:00.000Z running']);
  });

  it('may cancel the last run for the next one', async () => {
    const { clock, open } = world();
    const ai = keep(open({ units: [daily(({ signal }) => untilAborted(signal), 'cancel-previous')] }));
    keep(await ai.worker());
    await clock.advance(25 * 60 * minute);
    expect(await ids(ai)).toEqual([
      'daily@2030-01-02T06:00:00.000Z running',
      'daily@2030-01-01T06:00:00.000Z cancelled',
    ]);
  });

  it('makes up for the latest time it missed when told to', async () => {
    const { clock, open } = world();
    const first = open({ units: [daily(() => 1, undefined, true)] });
    const worker = await first.worker();
    await clock.advance(minute);
    await worker[Symbol.asyncDispose]();
    await first.close();
    await clock.advance(3 * 24 * 60 * minute);
    const second = keep(open({ units: [daily(() => 1, undefined, true)] }));
    keep(await second.worker());
    await clock.advance(0);
    expect((await ids(second))[0]).toBe('daily@2030-01-04T06:00:00.000Z succeeded');
    expect(await ids(second)).toHaveLength(2);
  });

  it('with a malformed expression is an error when the worker starts', async () => {
    const { open } = world();
    const flow = defineFlow(
      { id: 'bad', input: z.unknown(), schedule: { cron: '99 99 * * *' } },
      (f) => f.input,
    );
    const ai = keep(open({ units: [flow] }));
    await expect(ai.worker()).rejects.toThrow(
      /the cron expression "99 99 \* \* \*" of flow "bad" is malformed/,
    );
  });
});
