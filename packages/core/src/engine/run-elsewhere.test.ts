import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunStore } from '../adapters/run-store.ts';
import type { TaskQueue } from '../adapters/task-queue.ts';
import { createMemoryRunStore } from '../embedded/memory-run-store.ts';
import { createMemoryTaskQueue, type MemoryTaskQueueOptions } from '../embedded/memory-task-queue.ts';
import { AiworkError } from '../errors.ts';
import { createOrchestrator } from '../orchestrator.ts';
import type { OrchestratorOptions } from '../orchestrator-api.ts';
import { definePlugin } from '../plugin.ts';
import type { Retry } from '../policy.ts';
import { scriptedChatModel } from '../testing/index.ts';
import { defineAgent } from '../units/agent.ts';
import { defineFlow } from '../units/define-flow.ts';
import type { RunContext } from '../units/run-context.ts';
import { defineTask } from '../units/task.ts';
import { flowOf, gate, rejection, untilAborted } from './engine.fixture.ts';

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const disposable of opened.splice(0).reverse()) await disposable[Symbol.asyncDispose]();
});
const keep = <T extends AsyncDisposable>(disposable: T): T => {
  opened.push(disposable);
  return disposable;
};

/** Several orchestrators on one store and one queue. */
function world(options: MemoryTaskQueueOptions = {}) {
  const inner = createMemoryRunStore();
  const store: RunStore = { ...inner, capabilities: { ...inner.capabilities, durability: 'service-kill' } };
  const queue: TaskQueue = { ...keep(createMemoryTaskQueue(options)) };
  const storage = definePlugin({
    name: 'storage',
    setup(host) {
      host.provide('runStore', store);
      host.provide('queue', queue);
    },
  });
  return {
    store,
    queue,
    open: (options: OrchestratorOptions = {}) =>
      keep(createOrchestrator({ plugins: [storage()], ...options })),
  };
}

type Body = (n: number, ctx: RunContext) => unknown;

/** A task of queue `q`, the same in every process but for its code. */
const work = (run: Body, options: { readonly retry?: Retry } = {}) =>
  defineTask({ id: 'work', queue: 'q', input: z.number(), run, ...options });

const notHere: Body = () => {
  throw new Error('it ran in the process of the flow');
};

const flowWith = (task: ReturnType<typeof work>) => flowOf((f) => f.call('away', task, 7));

describe('work with a queue', () => {
  it('runs on a worker of its queue, and gives what it gave there', async () => {
    const { open, queue } = world();
    const flow = flowOf((f) => {
      const two = f.step('two', { run: () => 2 });
      const four = f.call('four', work(notHere), two.$);
      return f.step('sum', { needs: { two, four }, run: ({ two, four }) => two + (four as number) });
    });
    const ids: string[] = [];
    const square = work((n, { runId, stepId }) => {
      ids.push(`${runId} ${stepId}`);
      return n * n;
    });
    keep(await open({ units: [square] }).worker({ queues: ['q'] }));
    const run = await open().start(flow, {}, { runId: 'r' });
    expect(await run.result()).toBe(6);
    expect(ids).toEqual(['r.four work']);
    expect(await queue.depth('q', 'aiwork')).toEqual({ waiting: 0, inFlight: 0, deadLettered: 0 });
  });

  it('keeps a job that takes longer than the lease of its queue, however long the leases of runs are', async () => {
    const { open, queue } = world({ leaseMs: 300 });
    let handedOut = 0;
    const { consume } = queue;
    queue.consume = (options, handler) =>
      consume(options, (job, control) => {
        handedOut += 1;
        return handler(job, control);
      });
    const slow = work(async (n) => {
      await delay(800);
      return n;
    });
    keep(await open({ units: [slow], leaseTtl: '30s' }).worker({ queues: ['q'] }));
    expect(await (await open().start(flowWith(work(notHere)), {})).result()).toBe(7);
    expect(handedOut).toBe(1);
  });

  it('runs where the flow does when there is no queue', async () => {
    await using ai = createOrchestrator();
    expect(await (await ai.start(flowWith(work((n) => n + 1)), {})).result()).toBe(8);
  });

  it('spreads the items of a map over workers', async () => {
    const { open } = world();
    const by: string[] = [];
    for (const name of ['a', 'b']) {
      const items = work(async (n) => {
        by.push(name);
        await delay(5);
        return n * 10;
      });
      keep(await open({ units: [items] }).worker({ queues: ['q'], concurrency: 2 }));
    }
    const flow = flowOf((f) => f.map('all', work(notHere), { over: () => [1, 2, 3, 4] }));
    expect(await (await open().start(flow, {})).result()).toEqual([10, 20, 30, 40]);
    expect(new Set(by)).toEqual(new Set(['a', 'b']));
  });

  it('keeps its policy with the flow: each attempt is another run, and what was thrown comes back', async () => {
    const { open } = world();
    const attempts: string[] = [];
    const retry: Retry = {
      maxAttempts: 3,
      minDelay: 1,
      retryOn: (error) => (error as Error).name === 'RangeError',
    };
    const failing = work(
      (_, { runId, attempt }) => {
        attempts.push(`${runId} ${attempt}`);
        if (attempts.length < 2) throw new RangeError('too early');
        throw new TypeError('never');
      },
      { retry },
    );
    keep(await open({ units: [failing] }).worker({ queues: ['q'] }));
    const run = await open().start(flowWith(work(notHere, { retry })), {}, { runId: 'r' });
    const error = await rejection(run.result());
    expect(attempts).toEqual(['r.away 1', 'r.away~2 1']);
    expect(error).toMatchObject({ code: 'AIWORK_STEP_FAILED', stepId: 'away', cause: { name: 'TypeError' } });
    expect(error.message).toBe('step "away" failed after 2 attempts: never');
  });

  it('counts what it used against the budget of the flow', async () => {
    const { open } = world();
    const model = scriptedChatModel(['one', 'two']);
    const agent = (options: object) =>
      defineAgent({ id: 'a', queue: 'q', instructions: 'answer', ...options });
    keep(await open({ units: [agent({ model })] }).worker({ queues: ['q'] }));
    const without = agent({});
    const flow = flowOf((f) => {
      const first = f.call('first', without, 'hello');
      return f.call('second', without, first.$);
    });
    const run = await open().start(flow, {}, { budget: { modelCalls: 1 } });
    expect(await rejection(run.result())).toMatchObject({ code: 'AIWORK_BUDGET_EXCEEDED' });
  });

  it('runs a flow with a queue on a worker, and work of that flow on another one', async () => {
    const { open } = world();
    const inner = (task: ReturnType<typeof work>) =>
      defineFlow({ id: 'inner', queue: 'flows', input: z.number() }, (f) => f.call('x', task, f.input.$));
    keep(await open({ units: [inner(work(notHere))] }).worker({ queues: ['flows'] }));
    keep(await open({ units: [work((n) => -n)] }).worker({ queues: ['q'] }));
    const flow = flowOf((f) => f.call('inner', inner(work(notHere)), 5));
    expect(await (await open().start(flow, {})).result()).toBe(-5);
  });

  it('is cancelled with its flow, while a worker works on it', async () => {
    const { open } = world();
    const begun = gate();
    const endless = work((_, { signal }) => {
      begun.open();
      return untilAborted(signal);
    });
    const there = open({ units: [endless] });
    keep(await there.worker({ queues: ['q'] }));
    const run = await open().start(flowWith(work(notHere)), {}, { runId: 'r' });
    await begun.opened;
    await run.cancel('enough');
    expect((await there.get('r.away'))?.status).toBe('cancelled');
    expect(await run.status()).toBe('cancelled');
  });

  it('is cancelled with its flow when no worker ever took it', async () => {
    const { open, store } = world();
    const run = await open().start(flowWith(work(notHere)), {}, { runId: 'r' });
    await until(async () => (await store.getRun('r.away')) !== undefined);
    await run.cancel('enough');
    expect((await store.getRun('r.away'))?.status).toBe('cancelled');
    const did: number[] = [];
    keep(await open({ units: [work((n) => did.push(n))] }).worker({ queues: ['q'] }));
    await delay(20);
    expect(did).toEqual([]);
  });

  it('goes on where it was when the process of its flow is replaced', async () => {
    const { open, store } = world();
    const first = open();
    await first.start(flowWith(work(notHere)), {}, { runId: 'r' });
    await until(async () => (await store.getRun('r.away')) !== undefined);
    await first.close();
    const run = await open({ units: [flowWith(work(notHere))] }).resume('r');
    const did: number[] = [];
    keep(await open({ units: [work((n) => did.push(n))] }).worker({ queues: ['q'] }));
    expect(await run.result()).toBe(1);
    // The job was sent twice, and its run worked on once.
    expect(did).toEqual([7]);
  });

  it('is still to be done when the process of its flow goes while it is being sent', async () => {
    const { open, store, queue } = world();
    const { enqueue } = queue;
    queue.enqueue = (_jobs, { signal } = {}) => untilAborted(signal as AbortSignal);
    const first = open();
    await first.start(flowWith(work(notHere)), {}, { runId: 'r' });
    await until(async () => (await store.getRun('r.away')) !== undefined);
    await first.close();
    queue.enqueue = enqueue;
    const run = await open({ units: [flowWith(work(notHere))] }).resume('r');
    keep(await open({ units: [work((n) => n)] }).worker({ queues: ['q'] }));
    expect(await run.result()).toBe(7);
  });

  it('is done by another worker when one is closed in the middle, with its effects once', async () => {
    const { open } = world();
    const begun = gate();
    let effects = 0;
    const part = (rest: Body) =>
      work(async (n, ctx) => {
        await ctx.once('effect', () => {
          effects += 1;
        });
        return rest(n, ctx);
      });
    const stuck = part((_, { signal }) => {
      begun.open();
      return untilAborted(signal);
    });
    const first = open({ units: [stuck] });
    await first.worker({ queues: ['q'] });
    const run = await open().start(flowWith(work(notHere)), {});
    await begun.opened;
    await first.close();
    keep(await open({ units: [part((n) => n)] }).worker({ queues: ['q'] }));
    expect(await run.result()).toBe(7);
    expect(effects).toBe(1);
  });

  it('is left for a while to who was handed its job, by the worker that lost that', async () => {
    const { open, queue } = world();
    const lost = new AbortController();
    const { consume } = queue;
    queue.consume = (options, handler) =>
      consume(options, (job, control) => handler(job, { ...control, signal: lost.signal }));
    const begun = gate();
    const stopped = gate();
    let begins = 0;
    const task = work(async (n, { signal }) => {
      begins += 1;
      begun.open();
      if (begins > 1) return n;
      await untilAborted(signal).catch(() => {});
      stopped.open();
      throw signal.reason;
    });
    const worker = open({ units: [task], leaseTtl: 500 });
    keep(await worker.worker({ queues: ['q'], pollInterval: 10 }));
    const run = await open().start(flowWith(work(notHere)), {});
    await begun.opened;
    lost.abort(new Error('another worker has it'));
    await stopped.opened;
    await delay(250);
    expect(begins).toBe(1);
    // Nobody else took it.
    expect(await run.result()).toBe(7);
    expect(begins).toBe(2);
  });

  it('is finished before a worker that is disposed of is gone', async () => {
    const { open } = world();
    const begun = gate();
    const rest = gate();
    const slow = work(async (n) => {
      begun.open();
      await rest.opened;
      return n;
    });
    const there = open({ units: [slow] });
    const worker = await there.worker({ queues: ['q'] });
    const run = await open().start(flowWith(work(notHere)), {});
    await begun.opened;
    const gone = worker[Symbol.asyncDispose]();
    rest.open();
    await gone;
    expect(await run.result()).toBe(7);
  });

  it('is not for workers of other queues, nor for those that take up what nobody works on', async () => {
    const { open, store } = world();
    await open().start(flowWith(work(notHere)), {}, { runId: 'r' });
    keep(await open({ units: [work(notHere)] }).worker({ queues: ['other'], pollInterval: 5 }));
    await until(async () => (await store.getRun('r.away')) !== undefined);
    await delay(30);
    expect((await store.getRun('r.away'))?.status).toBe('waiting');
  });

  it('fails when it cannot be handed over, and is done by nobody then', async () => {
    const { open, store, queue } = world();
    const down = new AiworkError('AIWORK_STORE_FAILED', 'the broker is down', { retryable: true });
    queue.enqueue = () => Promise.reject(down);
    const run = await open().start(flowWith(work(notHere)), {}, { runId: 'r' });
    expect(await rejection(run.result())).toMatchObject({ code: 'AIWORK_STORE_FAILED', stepId: 'away' });
    keep(await open({ units: [work(notHere)] }).worker({ queues: ['q'], pollInterval: 5 }));
    await until(async () => (await store.getRun('r.away'))?.status === 'cancelled');
  });

  it('refuses queues that cannot be the name of a topic, and workers of queues without a queue', async () => {
    expect(() => defineTask({ id: 't', queue: 'a b', input: z.unknown(), run: () => 1 })).toThrow(
      'the queue of task "t" is "a b": give 1 to 200 letters, digits, ".", "_" or "-"',
    );
    await using ai = createOrchestrator();
    await expect(ai.worker({ queues: ['q'] })).rejects.toMatchObject({ code: 'AIWORK_SLOT_EMPTY' });
  });
});

/** Asks until it is so. */
async function until(asks: () => Promise<boolean>): Promise<void> {
  while (!(await asks())) await delay(2);
}
