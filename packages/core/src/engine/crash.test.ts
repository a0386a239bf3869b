import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunStore } from '../adapters/run-store.ts';
import { createMemoryPayloadStore } from '../embedded/memory-payload-store.ts';
import { createMemoryRunStore } from '../embedded/memory-run-store.ts';
import { createOrchestrator } from '../orchestrator.ts';
import { definePlugin } from '../plugin.ts';
import type { Run } from '../run.ts';
import type { RunEvent } from '../run-event.ts';
import { crashAfter, virtualClock } from '../testing/index.ts';
import { defineFlow } from '../units/define-flow.ts';
import type { RunContext } from '../units/run-context.ts';
import { defineTask } from '../units/task.ts';
import { eventsOf, rejection } from './engine.fixture.ts';

const runId = 'r';

/** A flow with something of everything; `effects` counts what it did to the world, by run, step and key. */
function richFlow(effects: Map<string, number>) {
  const once = <T>(ctx: RunContext, key: string, value: T) =>
    ctx.once(key, () => {
      const name = effectName(ctx.runId, ctx.stepId, key);
      effects.set(name, (effects.get(name) ?? 0) + 1);
      return value;
    });
  const item = defineTask({
    id: 'item',
    input: z.number(),
    run: async (n, ctx) => {
      await once(ctx, 'write', true);
      return n * 10;
    },
  });
  const grow = defineTask({ id: 'grow', input: z.number(), run: (n, ctx) => once(ctx, 'grow', n + 1) });
  const inner = defineFlow({ id: 'inner', input: z.number() }, (f) => {
    const first = f.step('first', { needs: { n: f.input }, run: ({ n }, ctx) => once(ctx, 'x', n) });
    return f.step('second', { needs: { first }, run: ({ first }, ctx) => once(ctx, 'x', first * 2) });
  });
  return defineFlow({ id: 'rich', input: z.object({ xs: z.array(z.number()) }) }, (f) => {
    const big = f.step('big', {
      run: (_, ctx) => once(ctx, 'big', 'x'.repeat(100_000)),
    });
    const mapped = f.map('mapped', item, { over: f.input.$.xs, concurrency: 2 });
    const looped = f.loop('looped', grow, { from: () => 1, until: (n) => n >= 3, maxRounds: 5 });
    const flaky = f.step('flaky', {
      retry: { maxAttempts: 3, minDelay: '1s' },
      run: async (_, ctx) => {
        await once(ctx, 'before', true);
        if (ctx.attempt < 2) throw new Error('flaky');
        return 'steady';
      },
    });
    const nested = f.call('nested', inner, 4);
    const dynamic = f.step('dynamic', { run: (_, ctx) => ctx.run(grow, 7) });
    const slept = f.sleep('slept', { for: '1h' });
    const skipped = f.step('skipped', { when: () => false, run: (_, ctx) => once(ctx, 'never', true) });
    const tolerated = f.step('tolerated', {
      onError: 'continue',
      run: () => {
        throw new Error('tolerated');
      },
    });
    const dates = f.step('dates', { run: () => new Map([['at', new Date(5)]]) });
    return f.settle('end', {
      needs: { big, mapped, looped, flaky, nested, dynamic, slept, skipped, tolerated, dates },
      run: async (all, ctx) => {
        await once(ctx, 'end', true);
        return Object.entries(all).map(([name, outcome]) => {
          const value = outcome.status === 'succeeded' ? outcome.value : outcome.status;
          return `${name}=${typeof value === 'string' && value.length > 100 ? value.length : value instanceof Map ? value.get('at')?.getTime() : JSON.stringify(value)}`;
        });
      },
    });
  });
}

const expected = [
  'big=100000',
  'mapped=[10,20,30]',
  'looped=3',
  'flaky="steady"',
  'nested=8',
  'dynamic=8',
  'slept=undefined',
  'skipped="skipped"',
  'tolerated="failed"',
  'dates=5',
];

function machine(
  effects: Map<string, number>,
  store: RunStore,
  payloads = createMemoryPayloadStore(),
  flow = richFlow(effects),
) {
  const storage = definePlugin({
    name: 'storage',
    setup(host) {
      host.provide('runStore', store);
      host.provide('payloadStore', payloads);
    },
  });
  const ai = createOrchestrator({
    units: [flow],
    plugins: [storage()],
    clock: virtualClock({ auto: true }),
    grace: 0,
  });
  return { ai, flow };
}

/** A store that outlives processes, as far as the engine can tell, in which leases can be made to run out. */
function lastingStore(): RunStore & { expireLeases(): void } {
  let time = 0;
  const store = createMemoryRunStore({ now: () => time });
  return {
    ...store,
    capabilities: { ...store.capabilities, durability: 'service-kill' },
    expireLeases() {
      time += 3_600_000;
    },
  };
}

describe('a run whose process dies', () => {
  it('after any event whatever goes on from there: the same result, and each recorded effect once', {
    timeout: 120_000,
  }, async () => {
    const reference = new Map<string, number>();
    const whole = machine(reference, lastingStore());
    const run = await whole.ai.start(whole.flow, { xs: [1, 2, 3] }, { runId });
    expect(await run.result()).toEqual(expected);
    let total = 0;
    for (const id of [runId, `${runId}.nested`]) for await (const _ of whole.ai.events(id)) total += 1;
    await whole.ai.close();
    expect(total).toBeGreaterThan(50);

    for (let events = 0; events <= total; events++) {
      const effects = new Map<string, number>();
      const store = lastingStore();
      const payloads = createMemoryPayloadStore();
      const dying = machine(effects, crashAfter(store, events), payloads);
      await dying.ai
        .start(dying.flow, { xs: [1, 2, 3] }, { runId })
        .then((dead) => dead.result())
        .catch(() => {});
      await dying.ai.close().catch(() => {});

      const recorded = await recordedEffects(store);
      store.expireLeases();
      const next = machine(effects, store, payloads);
      const resumed = (await store.getRun(runId))
        ? await next.ai.resume(runId)
        : await next.ai.start(next.flow, { xs: [1, 2, 3] }, { runId });
      expect(await resumed.result(), `crash after event ${events}`).toEqual(expected);
      const journal = await eventsOf(next.ai.events(runId));
      expectSound(journal, events);
      await next.ai.close();
      // Only an effect whose record the crash prevented may have been repeated, under the same idempotency key.
      const repeated = [...effects].filter(([name, times]) => times > 1 && (recorded.has(name) || times > 2));
      expect(repeated, `crash after event ${events}`).toEqual([]);
      expect([...effects.keys()].sort(), `crash after event ${events}`).toEqual([...reference.keys()].sort());
    }
  });

  it('while it fails or is cancelled takes everything back exactly once, latest first', {
    timeout: 60_000,
  }, async () => {
    for (const ending of ['fail', 'cancel'] as const) {
      for (let events = 1; events < 40; events++) {
        const undone: string[] = [];
        const store = lastingStore();
        const dying = machine(
          new Map(),
          crashAfter(store, events),
          undefined,
          undoingFlow(ending, undone) as never,
        );
        const first = await dying.ai.start(dying.flow, {} as never, { runId }).catch(() => undefined);
        if (ending === 'cancel') await untilWaiting(first).then(() => first?.cancel('enough'));
        await first?.result().catch(() => {});
        await dying.ai.close().catch(() => {});
        store.expireLeases();
        if (!(await store.getRun(runId))) continue;
        const next = machine(new Map(), store, undefined, undoingFlow(ending, undone) as never);
        const resumed = await next.ai.resume(runId);
        if (ending === 'cancel') await untilWaiting(resumed).then(() => resumed.cancel('enough'));
        const error = await rejection(resumed.result());
        expect(error.message, `${ending}, crash after event ${events}`).toMatch(
          ending === 'fail' ? 'c broke' : 'enough',
        );
        const journal = await eventsOf(next.ai.events(runId));
        expectSound(journal, events);
        const order = journal.flatMap((event) => (event.type === 'step.undone' ? [event.stepId] : []));
        expect(order, `${ending}, crash after event ${events}`).toEqual(['b', 'a']);
        expect([...new Set(undone)]).toEqual(['b', 'a']);
        await next.ai.close();
      }
    }
  });

  it('keeps an effect once it is recorded, whatever happens to the step', async () => {
    const store = lastingStore();
    const keys: string[] = [];
    const make = (fail: boolean) =>
      defineFlow({ id: 'pay', input: z.unknown() }, (f) =>
        f.step('charge', {
          run: async (_, ctx) => {
            const receipt = await ctx.once('charge', (key) => keys.push(key));
            if (fail) throw new Error('after the effect');
            return receipt;
          },
        }),
      );
    const first = machine(new Map(), crashAfter(store, 3), undefined, make(true) as never);
    await rejection(first.ai.start(first.flow, {} as never, { runId }).then((run) => run.result()));
    await first.ai.close().catch(() => {});
    store.expireLeases();
    const second = machine(new Map(), store, undefined, make(false) as never);
    expect(await (await second.ai.resume(runId)).result()).toBe(1);
    expect(keys).toHaveLength(1);
    await second.ai.close();
  });
});

function undoingFlow(ending: 'fail' | 'cancel', undone: string[]) {
  const undo = (output: string) => void undone.push(output);
  return defineFlow({ id: 'undoing', input: z.unknown() }, (f) => {
    const a = f.step('a', { run: () => 'a', undo });
    const b = f.step('b', { needs: { a }, run: () => 'b', undo });
    if (ending === 'cancel') return f.waitFor('c', { needs: { b }, payload: z.string() });
    return f.step('c', {
      needs: { b },
      run: (): string => {
        throw new Error('c broke');
      },
    });
  });
}

/** Until the run waits, or has died. */
async function untilWaiting(run: Run<unknown> | undefined): Promise<void> {
  if (!run) return;
  try {
    for await (const event of run) if (event.type === 'step.waiting' || event.type === 'run.ending') return;
  } catch {
    // The store died while it was read.
  }
}

const effectName = (...parts: readonly string[]) => parts.join(' ');

async function recordedEffects(store: RunStore): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const { id } of (await store.list({})).items) {
    for await (const event of store.events(id)) {
      if (event.type === 'effect.recorded') names.add(effectName(id, event.stepId, event.key));
    }
  }
  return names;
}

function expectSound(journal: readonly RunEvent[], crash: number): void {
  expect(
    journal.map((event) => event.seq),
    `crash after event ${crash}`,
  ).toEqual(journal.map((_, i) => i + 1));
  const succeeded = journal.flatMap((event) => (event.type === 'step.succeeded' ? [event.stepId] : []));
  expect(new Set(succeeded).size, `crash after event ${crash}: no step succeeds twice`).toBe(
    succeeded.length,
  );
  expect(journal.filter((event) => event.type === 'run.finished')).toHaveLength(1);
}
