import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOrchestrator } from '../orchestrator.ts';
import { definePlugin } from '../plugin.ts';
import { defineFlow } from '../units/define-flow.ts';
import { defineTask } from '../units/task.ts';
import {
  echo,
  eventsOf,
  flowOf,
  lastingStore,
  rejection,
  runIt,
  story,
  untilAborted,
  untilEvent,
} from './engine.fixture.ts';

describe('the context of a step', () => {
  it('says where it is', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(
      flowOf((f) => f.step('here', { run: (_, { runId, stepId, attempt }) => [runId, stepId, attempt] })),
      {},
      { runId: 'r' },
    );
    expect(await run.result()).toEqual(['r', 'here', 1]);
  });

  it('has an idempotency key that attempts share and steps do not', async () => {
    await using ai = createOrchestrator();
    const keys: string[] = [];
    const flow = flowOf((f) => {
      const a = f.step('a', {
        retry: { maxAttempts: 2, minDelay: 1 },
        run: (_, ctx) => {
          keys.push(ctx.idempotencyKey);
          if (ctx.attempt === 1) throw new Error('again');
        },
      });
      return f.step('b', { needs: { a }, run: (_, ctx) => void keys.push(ctx.idempotencyKey) });
    });
    await runIt(ai, flow);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('journals log lines and emitted events', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) =>
      f.step('a', {
        run: (_, { log, emit }) => {
          log.warn('careful', { n: 1 });
          emit('progress', { done: 0.5 });
        },
      }),
    );
    const run = await ai.start(flow, {});
    await run.result();
    const events = await eventsOf(run);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'log', level: 'warn', message: 'careful', data: { n: 1 } }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'emitted', name: 'progress', data: { done: 0.5 } }),
    );
  });

  it('records an effect once over attempts, and again when it failed', async () => {
    await using ai = createOrchestrator();
    const effects: string[] = [];
    const flow = flowOf((f) =>
      f.step('a', {
        retry: { maxAttempts: 3, minDelay: 1 },
        run: async (_, { once, attempt }) => {
          await once('done', () => effects.push('done'));
          await once('fails', () => {
            effects.push('fails');
            if (attempt === 1) throw new Error('effect failed');
          });
          if (attempt === 2) throw new Error('after both');
          return once('done', () => 'never again');
        },
      }),
    );
    expect(await runIt(ai, flow)).toBe(1);
    expect(effects).toEqual(['done', 'fails', 'fails']);
  });

  it('shares one effect among those who ask for it at the same time', async () => {
    await using ai = createOrchestrator();
    let effects = 0;
    const flow = flowOf((f) =>
      f.step('a', {
        run: (_, { once }) => Promise.all([1, 2, 3].map(() => once('k', async () => ++effects))),
      }),
    );
    expect(await runIt(ai, flow)).toEqual([1, 1, 1]);
  });

  it('runs units inside the step, each journaled under its own id', async () => {
    await using ai = createOrchestrator();
    const sub = defineFlow({ id: 'sub', input: z.number() }, (f) => f.call('e', echo, f.input.$));
    const flow = flowOf((f) =>
      f.step('a', {
        run: async (_, ctx) => [
          await ctx.run(echo, 1),
          await ctx.run(echo, 2),
          await ctx.run(sub, 3, { key: 'own' }),
        ],
      }),
    );
    const run = await ai.start(flow, {}, { runId: 'r' });
    expect(await run.result()).toEqual([1, 2, 3]);
    expect(await story(run)).toEqual(
      expect.arrayContaining(['step.succeeded a/echo', 'step.succeeded a/echo#2', 'step.succeeded a/own']),
    );
    expect(await ai.get('r.a/own')).toMatchObject({ unitId: 'sub' });
  });

  it('does again, in the next attempt, what failed in the last one, and keeps what succeeded', async () => {
    const done: string[] = [];
    const good = defineTask({ id: 'good', input: z.unknown(), run: () => void done.push('good') });
    const bad = defineTask({
      id: 'bad',
      input: z.unknown(),
      retry: { maxAttempts: 2, minDelay: 0 },
      run: () => {
        done.push('bad');
        if (done.filter((name) => name === 'bad').length < 4) throw new Error('not yet');
        return 'at last';
      },
    });
    const flow = flowOf((f) =>
      f.step('a', {
        retry: { maxAttempts: 2, minDelay: 0 },
        run: async (_, ctx) => {
          await ctx.run(good, {});
          return ctx.run(bad, {});
        },
      }),
    );
    await using ai = createOrchestrator();
    expect(await runIt(ai, flow)).toBe('at last');
    expect(done).toEqual(['good', 'bad', 'bad', 'bad', 'bad']);
  });

  it('does a sub-flow again that was cut short by the timeout of the step', async () => {
    let tries = 0;
    const slow = flowOf(
      (f) =>
        f.step('s', {
          run: async (_, { signal }) => {
            tries += 1;
            if (tries === 1) await untilAborted(signal);
            return tries;
          },
        }),
      'slow',
    );
    const flow = flowOf((f) =>
      f.step('a', {
        timeout: 20,
        retry: { maxAttempts: 2, minDelay: 0 },
        run: (_, ctx) => ctx.run(slow, {}),
      }),
    );
    await using ai = createOrchestrator();
    expect(await runIt(ai, flow)).toBe(2);
  });

  it('says so when an output was made something else by a later step', async () => {
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => ({ n: 1 }) as Record<string, unknown> });
      return f.step('b', { needs: { a }, run: ({ a }) => void Object.assign(a, { f: () => 1 }) });
    });
    await using ai = createOrchestrator();
    const error = await rejection(runIt(ai, flow));
    expect(error).toMatchObject({ code: 'AIWORK_NOT_SERIALIZABLE', stepId: 'a' });
    expect(error.message).toContain('this was put into it after it was given');
  });

  it('stops parts nobody waited for before the run is over, its undos included', async () => {
    const told: string[] = [];
    const slow = defineTask({
      id: 'slow',
      input: z.unknown(),
      run: async (_, { signal }) => {
        await untilAborted(signal).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 20));
        told.push('stopped');
      },
    });
    const bad = defineTask({
      id: 'bad',
      input: z.unknown(),
      run: async () => {
        throw new Error('no');
      },
    });
    const failing = flowOf((f) => {
      const a = f.step('a', { run: () => 1, undo: () => void told.push('undone') });
      return f.step('b', {
        needs: { a },
        run: (_, ctx) => Promise.all([ctx.run(bad, {}), ctx.run(slow, {})]),
      });
    });
    const done = flowOf(
      (f) =>
        f.step('a', {
          run: async (_, ctx) => {
            void ctx.run(slow, {});
            await new Promise((resolve) => setImmediate(resolve));
          },
        }),
      'done',
    );
    await using ai = createOrchestrator();
    await rejection(runIt(ai, failing));
    expect(told).toEqual(['stopped', 'undone']);
    await runIt(ai, done);
    expect(told).toEqual(['stopped', 'undone', 'stopped']);
  });

  it('keeps a part nobody waits for from ending the process, and refuses two of one key', async () => {
    const bad = defineTask({
      id: 'bad',
      input: z.unknown(),
      run: async () => {
        throw new Error('unseen');
      },
    });
    const flow = flowOf((f) =>
      f.step('a', {
        run: async (_, ctx) => {
          void ctx.run(bad, {});
          await ctx.run(echo, 1, { key: 'k' });
          return ctx.run(echo, 2, { key: 'k' });
        },
      }),
    );
    await using ai = createOrchestrator();
    expect((await rejection(runIt(ai, flow))).code).toBe('AIWORK_DUPLICATE_ID');
  });

  it('counts as at work while its step waits for several parts and another step works', async () => {
    const forever = defineTask({
      id: 'forever',
      input: z.unknown(),
      retry: { maxAttempts: 2, minDelay: '1h', jitter: false },
      run: () => {
        throw new Error('later');
      },
    });
    const { store, open } = lastingStore();
    const flow = flowOf((f) => {
      f.step('a', { run: (_, ctx) => Promise.all([1, 2, 3].map((n) => ctx.run(forever, n))) });
      return f.step('b', {
        run: async (_, { emit, signal }) => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          emit('here');
          await untilAborted(signal);
        },
      });
    });
    await using ai = open();
    const run = await ai.start(flow, {});
    await untilEvent(run, (event) => event.type === 'emitted');
    expect((await store.getRun(run.id))?.status).toBe('running');
    await run.cancel();
  });

  it('keeps log lines and events as they were when they were written', async () => {
    const flow = flowOf((f) =>
      f.step('a', {
        run: (_, { log, emit }) => {
          const data: Record<string, unknown> = { n: 1 };
          log.info('now', data);
          emit('now', data);
          data['n'] = () => 2;
        },
      }),
    );
    await using ai = createOrchestrator();
    const run = await ai.start(flow, {});
    await run.result();
    const events = await eventsOf(run);
    expect(events.flatMap((e) => (e.type === 'log' || e.type === 'emitted' ? [e.data] : []))).toEqual([
      { n: 1 },
      { n: 1 },
    ]);
  });

  it('stops what a failed attempt left running, before the next attempt', async () => {
    await using ai = createOrchestrator();
    const seen: string[] = [];
    const slow = defineTask({
      id: 'slow',
      input: z.number(),
      run: (attempt, { signal }) =>
        untilAborted(signal).finally(() => seen.push(`slow of attempt ${attempt} stopped`)),
    });
    const flow = flowOf((f) =>
      f.step('a', {
        retry: { maxAttempts: 2, minDelay: 1 },
        run: async (_, ctx) => {
          if (ctx.attempt === 2) return seen.push('second attempt');
          const left = ctx.run(slow, 1);
          left.catch(() => {});
          throw new Error('first attempt');
        },
      }),
    );
    await runIt(ai, flow);
    expect(seen).toEqual(['slow of attempt 1 stopped', 'second attempt']);
  });

  it('finds what plugins provide, and says when nothing does', async () => {
    const plugin = definePlugin({
      name: 'embed',
      setup(host) {
        const embed = async () => ({ vectors: [new Float32Array([1])], tokens: 1, truncated: [] });
        const limits = { dimensions: 1, maxTexts: 1, maxTokens: 10 };
        const capabilities = { ...limits, normalized: true, asymmetric: false, tolerance: 0 };
        host.provide('embedder', {
          id: 'e',
          capabilities,
          embed,
          close: async () => {},
          [Symbol.asyncDispose]: async () => {},
        });
      },
    });
    await using ai = createOrchestrator({ plugins: [plugin()] });
    const flow = flowOf((f) =>
      f.step('a', { run: async (_, { use }) => (await use('embedder').embed(['x'])).vectors[0] }),
    );
    expect(await runIt(ai, flow)).toEqual(new Float32Array([1]));
    const missing = flowOf((f) => f.step('a', { run: (_, { use }) => void use('cache') }), 'missing');
    const error = await rejection(runIt(ai, missing));
    expect(error.message).toMatch(/nothing provides "cache": add a plugin that does/);
  });

  it('takes no data that cannot be kept', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => f.step('a', { run: (_, { emit }) => emit('x', { f: () => 1 }) }));
    expect((await rejection(runIt(ai, flow))).message).toContain(
      'data of event "x" of step "a".f is a function',
    );
  });
});

describe('a value the journal keeps', () => {
  it.each([
    ['a date', new Date(7)],
    ['a map with a set in it', new Map([['s', new Set([1n])]])],
    ['bytes', new Uint8Array([1, 2, 255])],
    ['floats', new Float32Array([0.5, -1])],
    ['a list with holes in meaning', [undefined, null, Number.NaN, -0, Number.NEGATIVE_INFINITY]],
    ['an object that looks like a tag', { $aiwork: 'date', value: 'x' }],
    ['a text of 200 KB', 'é'.repeat(100_000)],
    ['a large map', new Map([['k', 'v'.repeat(100_000)]])],
  ])('is the same when read again: %s', async (_, value) => {
    await using ai = createOrchestrator();
    const run = await ai.start(
      flowOf((f) => f.step('a', { run: () => value })),
      {},
      { runId: 'r' },
    );
    expect(await run.result()).toEqual(value);
    const read = (await eventsOf(ai.events('r'))).find((event) => event.type === 'step.succeeded');
    expect(read).toMatchObject({ output: value });
  });

  it('may be an input, too, and rerun with it', async () => {
    await using ai = createOrchestrator();
    const input = { when: new Date(9), big: 'x'.repeat(100_000) };
    const run = await ai.start(
      flowOf((f) => f.call('e', echo, f.input.$)),
      input,
    );
    expect(await run.result()).toEqual(input);
    expect((await ai.get(run.id))?.inputRef?.bytes).toBeGreaterThan(100_000);
    expect(await (await ai.rerun(run.id)).result()).toEqual(input);
  });
});

describe('defineTask', () => {
  it('refuses what is no schema', () => {
    expect(() => defineTask({ id: 't', input: {} as never, run: () => 1 })).toThrow(
      'input of task "t" is not a Standard Schema',
    );
  });
});
