import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOrchestrator } from '../orchestrator.ts';
import { virtualClock } from '../testing/index.ts';
import { defineFlow } from '../units/define-flow.ts';
import { defineTask } from '../units/task.ts';
import { systemClock } from './clock.ts';
import {
  echo,
  eventsOf,
  flowOf,
  gate,
  lastingStore,
  rejection,
  runIt,
  story,
  untilAborted,
  untilEvent,
} from './engine.fixture.ts';

const auto = () => createOrchestrator({ clock: virtualClock({ auto: true }) });

function failing(times: number, error: () => unknown = () => new Error('not yet')) {
  let attempts = 0;
  return {
    attempts: () => attempts,
    run: () => {
      attempts += 1;
      if (attempts <= times) throw error();
      return attempts;
    },
  };
}

describe('retry', () => {
  it('repeats a step until it succeeds, and tells the attempts', async () => {
    await using ai = auto();
    const code = failing(2);
    const run = await ai.start(
      flowOf((f) => f.step('a', { retry: { maxAttempts: 3 }, run: code.run })),
      {},
    );
    expect(await run.result()).toBe(3);
    const events = await eventsOf(run);
    expect(events.flatMap((event) => (event.type === 'step.started' ? [event.attempt] : []))).toEqual([
      1, 2, 3,
    ]);
  });

  it('gives up after maxAttempts, and says how many there were', async () => {
    await using ai = auto();
    const error = await rejection(
      runIt(
        ai,
        flowOf((f) => f.step('a', { retry: { maxAttempts: 3 }, run: failing(9).run })),
      ),
    );
    expect(error.message).toBe('step "a" failed after 3 attempts: not yet');
  });

  it('waits at least as long as Retry-After asks for', async () => {
    await using ai = auto();
    const limited = () => Object.assign(new Error('slow down'), { headers: { 'retry-after': '120' } });
    const code = failing(1, limited);
    const run = await ai.start(
      flowOf((f) => f.step('a', { retry: { maxAttempts: 2, maxDelay: 10 }, run: code.run })),
      {},
    );
    await run.result();
    const delays = (await eventsOf(run)).flatMap((event) =>
      event.type === 'step.retrying' ? [event.delayMs] : [],
    );
    expect(delays).toEqual([120_000]);
  });

  it('asks retryOn whether an error is worth it', async () => {
    await using ai = auto();
    const code = failing(5);
    const flow = flowOf((f) =>
      f.step('a', { retry: { maxAttempts: 5, retryOn: () => false }, run: code.run }),
    );
    await rejection(runIt(ai, flow));
    expect(code.attempts()).toBe(1);
  });

  it('never repeats what cannot succeed: an input the schema refuses', async () => {
    await using ai = auto();
    const strict = defineTask({
      id: 'strict',
      input: z.string(),
      retry: { maxAttempts: 4 },
      run: (text) => text,
    });
    const run = await ai.start(
      flowOf((f) => f.call('a', strict, f.input.$ as never)),
      1,
    );
    await rejection(run.result());
    expect((await story(run)).filter((line) => line.startsWith('step.retrying'))).toEqual([]);
  });

  it('of a unit is replaced by the retry of the step that calls it', async () => {
    await using ai = auto();
    const code = failing(9);
    const task = defineTask({ id: 'task', input: z.unknown(), retry: { maxAttempts: 2 }, run: code.run });
    await rejection(
      runIt(
        ai,
        flowOf((f) => f.call('a', task, 1, { retry: { maxAttempts: 4 } })),
      ),
    );
    expect(code.attempts()).toBe(4);
  });
});

describe('timeout', () => {
  it('aborts the attempt, and lets retry repeat it', async () => {
    await using ai = auto();
    const flow = flowOf((f) =>
      f.step('a', {
        timeout: '1s',
        retry: { maxAttempts: 2 },
        run: (_, { attempt, signal }) => (attempt === 1 ? untilAborted(signal) : 'second'),
      }),
    );
    expect(await runIt(ai, flow)).toBe('second');
  });

  it('names the step and the time', async () => {
    await using ai = auto();
    const flow = flowOf((f) => f.step('a', { timeout: '2s', run: (_, { signal }) => untilAborted(signal) }));
    const error = await rejection(runIt(ai, flow));
    expect(error).toMatchObject({
      code: 'AIWORK_STEP_TIMEOUT',
      message: 'step "a" took longer than its timeout of 2000 ms',
    });
  });

  it('leaves code behind that does not listen, after the grace period', async () => {
    await using ai = createOrchestrator({ clock: virtualClock({ auto: true }), grace: '3s' });
    const flow = flowOf((f) => f.step('deaf', { timeout: '1s', run: () => new Promise(() => {}) }));
    const run = await ai.start(flow, {});
    expect((await rejection(run.result())).code).toBe('AIWORK_STEP_TIMEOUT');
    expect(await story(run)).toContain('step.abandoned deaf');
  });

  it('of a flow ends the run', async () => {
    await using ai = auto();
    const flow = defineFlow({ id: 'slow', input: z.unknown(), timeout: '5s' }, (f) =>
      f.step('a', { run: (_, { signal }) => untilAborted(signal) }),
    );
    expect((await rejection(runIt(ai, flow))).code).toBe('AIWORK_RUN_TIMEOUT');
  });
});

describe('concurrency', () => {
  it('lets as many items of a map in as it says', async () => {
    await using ai = createOrchestrator();
    let inside = 0;
    let most = 0;
    const slow = defineTask({
      id: 'slow',
      input: z.number(),
      run: async (n) => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        return n;
      },
    });
    const flow = flowOf((f) => f.map('m', slow, { over: () => [1, 2, 3, 4, 5, 6, 7], concurrency: 3 }));
    expect(await runIt(ai, flow)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  it('holds for all runs of a process that share a key', async () => {
    await using ai = createOrchestrator();
    let inside = 0;
    let most = 0;
    const flow = flowOf((f) =>
      f.step('a', {
        concurrency: { limit: 1, key: 'printer' },
        run: async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
        },
      }),
    );
    await Promise.all([1, 2, 3, 4].map(() => runIt(ai, flow)));
    expect(most).toBe(1);
  });

  it('lets higher priority in first', async () => {
    await using ai = createOrchestrator();
    const order: string[] = [];
    const opened = gate();
    const flow = flowOf((f) => {
      const limit = { concurrency: { limit: 1, key: 'k' } };
      const hold = f.step('hold', { ...limit, priority: 9, run: () => opened.opened });
      const low = f.step('low', { ...limit, run: () => void order.push('low') });
      const high = f.step('high', { ...limit, priority: 5, run: () => void order.push('high') });
      return f.step('end', { needs: { hold, low, high }, run: () => order });
    });
    const run = await ai.start(flow, {});
    opened.open();
    expect(await run.result()).toEqual(['high', 'low']);
  });

  it('does not wait for itself when a step runs a unit of the same key', async () => {
    await using ai = createOrchestrator();
    const inner = defineTask({
      id: 'inner',
      input: z.unknown(),
      concurrency: { limit: 1, key: 'k' },
      run: () => 'inner',
    });
    const flow = flowOf((f) =>
      f.step('outer', { concurrency: { limit: 1, key: 'k' }, run: (_, ctx) => ctx.run(inner, 1) }),
    );
    expect(await runIt(ai, flow)).toBe('inner');
  });

  it('gives its place back when a waiting run is cancelled', async () => {
    await using ai = createOrchestrator();
    const limit = { concurrency: { limit: 1, key: 'k' } };
    const opened = gate();
    const holding = await ai.start(
      flowOf((f) => f.step('a', { ...limit, run: () => opened.opened }), 'holding'),
      {},
    );
    const waiting = await ai.start(
      flowOf((f) => f.step('b', { ...limit, run: () => 'b' }), 'waiting'),
      {},
    );
    await waiting.cancel();
    opened.open();
    await holding.result();
    expect(
      await runIt(
        ai,
        flowOf((f) => f.step('c', { ...limit, run: () => 'c' }), 'third'),
      ),
    ).toBe('c');
  });
});

describe('rate limit', () => {
  it('goes on although the clock was set back', async () => {
    let now = 10_000_000;
    const real = Date.now();
    const clock = { ...systemClock, now: () => now + Date.now() - real };
    await using ai = createOrchestrator({ clock });
    const task = defineTask({
      id: 't',
      input: z.unknown(),
      rateLimit: { limit: 1, per: 20 },
      run: () => 'ok',
    });
    await runIt(ai, task as never);
    now -= 3_600_000;
    expect(await runIt(ai, task as never)).toBe('ok');
  });

  it('spreads starts over time', async () => {
    const clock = virtualClock({ auto: true });
    await using ai = createOrchestrator({ clock });
    const started: number[] = [];
    const begin = clock.now();
    const task = defineTask({
      id: 't',
      input: z.number(),
      run: () => void started.push(clock.now() - begin),
    });
    await runIt(
      ai,
      flowOf((f) => f.map('m', task, { over: () => [1, 2, 3, 4, 5], rateLimit: { limit: 2, per: '1s' } })),
    );
    expect(started).toEqual([0, 0, 1000, 1000, 2000]);
  });
});

describe('budget', () => {
  it('of wall time ends a step', async () => {
    await using ai = auto();
    const flow = flowOf((f) =>
      f.step('a', { budget: { wallTime: '1m' }, run: (_, { signal }) => untilAborted(signal) }),
    );
    const error = await rejection(runIt(ai, flow));
    expect(error.code).toBe('AIWORK_BUDGET_EXCEEDED');
    expect(error.message).toContain('wallTime');
  });

  it('of wall time goes on over a resume', async () => {
    const clock = virtualClock();
    const { open } = lastingStore();
    const flow = flowOf((f) =>
      f.step('a', { budget: { wallTime: '1h' }, run: (_, { signal }) => untilAborted(signal) }),
    );
    const here = open({ clock });
    const run = await here.start(flow, {});
    await untilEvent(run, (event) => event.type === 'step.started');
    await clock.advance(3_000_000);
    await here.close();
    await using there = open({ clock, units: [flow] });
    const resumed = await there.resume(run.id);
    await untilEvent(resumed, (event) => event.type === 'run.resumed');
    await clock.advance(600_000);
    expect((await rejection(resumed.result())).code).toBe('AIWORK_BUDGET_EXCEEDED');
  });

  it('of wall time, given at the start, ends a run', async () => {
    await using ai = auto();
    const run = await ai.start(
      flowOf((f) => f.step('a', { run: (_, { signal }) => untilAborted(signal) })),
      {},
      { budget: { wallTime: '1m' } },
    );
    expect((await rejection(run.result())).code).toBe('AIWORK_BUDGET_EXCEEDED');
  });

  it('that is no limit is refused at once', async () => {
    await using ai = auto();
    const error = await rejection(
      ai.start(
        flowOf((f) => f.call('a', echo, 1)),
        {},
        { budget: { tokens: -1 } },
      ),
    );
    expect(error.message).toBe('budget.tokens of the run is -1: give a number of 0 or more');
  });
});

describe('a flow with a limit of its own', () => {
  it('keeps further runs queued until one is over', async () => {
    await using ai = createOrchestrator();
    const opened = gate();
    const flow = defineFlow({ id: 'one', input: z.unknown(), concurrency: 1 }, (f) =>
      f.step('a', { run: () => opened.opened }),
    );
    const first = await ai.start(flow, {});
    const second = await ai.start(flow, {});
    const third = await ai.start(flow, {});
    await new Promise((resolve) => setImmediate(resolve));
    expect([await first.status(), await second.status()]).toEqual(['running', 'queued']);
    await second.cancel();
    opened.open();
    await Promise.all([first.result(), third.result()]);
    expect(await second.status()).toBe('cancelled');
  });

  it('does not wait for itself when it calls itself', async () => {
    await using ai = createOrchestrator();
    const flow = defineFlow({ id: 'self', input: z.number(), concurrency: 1 }, (f) =>
      f.step('a', {
        needs: { n: f.input },
        run: async ({ n }, ctx): Promise<number> =>
          n === 0 ? 0 : 1 + ((await ctx.run(flow as never, (n - 1) as never)) as number),
      }),
    ) as import('../units/flow.ts').Flow<number, number>;
    expect(await runIt(ai, flow, 3)).toBe(3);
  });
});

describe('retryOn', () => {
  it('that throws fails the step with what it threw', async () => {
    await using ai = createOrchestrator();
    const retryOn = () => {
      throw new Error('retryOn itself');
    };
    const flow = flowOf((f) => f.step('a', { retry: { maxAttempts: 2, retryOn }, run: failing(9).run }));
    expect((await rejection(runIt(ai, flow))).message).toContain('retryOn itself');
  });
});

describe('a thousand steps under a policy', () => {
  it('raise no warning about listeners', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => void warnings.push(warning);
    process.on('warning', listen);
    await using ai = createOrchestrator();
    const task = defineTask({ id: 't', input: z.number(), timeout: '1m', run: async (n) => n });
    await runIt(
      ai,
      flowOf((f) => f.map('m', task, { over: () => Array.from({ length: 1000 }, (_, i) => i) })),
    );
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});
