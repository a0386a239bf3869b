import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AiworkError } from '../errors.ts';
import { createOrchestrator } from '../orchestrator.ts';
import type { StepRunOptions } from '../step-run.ts';
import { crashAfter } from '../testing/crash-after.ts';
import { defineFlow } from '../units/define-flow.ts';
import type { AnyFlow, Outcome } from '../units/flow.ts';
import type { RunContext } from '../units/run-context.ts';
import { defineTask } from '../units/task.ts';
import { echo, eventsOf, flowOf, lastingStore, rejection, untilAborted } from './engine.fixture.ts';

const runId = 'airflow/dag/1';
const succeeded = <T>(value: T): Outcome<T> => ({ status: 'succeeded', value });
const error = { name: 'Error', message: 'no', retryable: true };

/** One attempt, in an orchestrator of its own. */
async function attempt(flow: AnyFlow, step: string, options: Partial<StepRunOptions> = {}) {
  await using ai = createOrchestrator();
  return await ai.runStep(flow, step, { runId, input: {}, ...options });
}

describe('one step of a flow', () => {
  it('is shown its needs, the input as the schema makes it, and the run that it is a step of', async () => {
    const flow = defineFlow({ id: 'f', input: z.object({ n: z.number().default(2) }) }, (f) => {
      const a = f.step('a', { run: () => 1 });
      return f.step('b', {
        needs: { a, input: f.input },
        run: ({ a, input }, { runId, stepId, attempt }) => [a * input.n, runId, stepId, attempt],
      });
    });
    expect(await attempt(flow, 'b', { needs: { a: succeeded(21) } })).toEqual({
      status: 'succeeded',
      value: [42, runId, 'b', 1],
    });
  });

  it('binds refs into the outputs of needs and the input', async () => {
    const flow = defineFlow({ id: 'f', input: z.object({ who: z.string() }) }, (f) => {
      const a = f.step('a', { run: () => ({ list: [1] }) });
      return f.call('b', echo, { list: a.$.list, who: f.input.$.who, constant: true });
    });
    const end = await attempt(flow, 'b', { input: { who: 'Ada' }, needs: { a: succeeded({ list: [7] }) } });
    expect(end).toEqual(succeeded({ list: [7], who: 'Ada', constant: true }));
  });

  it('gives undefined for needs that were skipped or failed without failing the run', async () => {
    const flow = flowOf((f) => {
      const a = f.step('a', { when: () => false, run: () => 1 });
      const b = f.step('b', { onError: 'continue', run: () => 1 });
      return f.step('c', { needs: { a, b }, run: (needs) => Object.entries(needs) });
    });
    const needs = { a: { status: 'skipped' }, b: { status: 'failed', error } } as const;
    expect(await attempt(flow, 'c', { needs })).toEqual(
      succeeded([
        ['a', undefined],
        ['b', undefined],
      ]),
    );
  });

  it('that settles is shown every outcome', async () => {
    const flow = flowOf((f) => {
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => f.step(id, { run: () => 1 })) as never as [
        never,
        never,
        never,
        never,
      ];
      return f.settle('e', { needs: { a, b, c, d }, run: (outcomes) => outcomes });
    });
    const needs = {
      a: succeeded(1),
      b: { status: 'failed', error },
      c: { status: 'skipped' },
      d: { status: 'cancelled' },
    } as const;
    expect(await attempt(flow, 'e', { needs })).toEqual(succeeded(needs));
  });

  it('cannot start when one it needs failed, and is cancelled with it', async () => {
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => 1 });
      return f.step('b', { needs: { a }, run: () => 1 });
    });
    expect(await attempt(flow, 'b', { needs: { a: { status: 'failed', error } } })).toMatchObject({
      status: 'failed',
      error: { code: 'AIWORK_NEED_FAILED' },
      mayRetry: false,
    });
    expect(await attempt(flow, 'b', { needs: { a: { status: 'cancelled' } } })).toEqual({
      status: 'cancelled',
    });
  });

  it('of a race gives what the first of its contenders to be named gave', async () => {
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => 'a' });
      const b = f.step('b', { run: () => 'b' });
      return f.race('r', { needs: { a, b } });
    });
    const failed = { status: 'failed', error } as const;
    expect(await attempt(flow, 'r', { needs: { a: failed, b: succeeded('b') } })).toEqual(succeeded('b'));
    expect(await attempt(flow, 'r', { needs: { a: failed, b: failed } })).toMatchObject({
      status: 'failed',
      error: { code: 'AIWORK_RACE_FAILED' },
    });
    const skipped = { status: 'skipped' } as const;
    expect(await attempt(flow, 'r', { needs: { a: skipped, b: skipped } })).toEqual(skipped);
  });

  it('sleeps, loops and maps as a whole', async () => {
    const inc = defineTask({ id: 'inc', input: z.number(), run: (n) => n + 1 });
    const flow = flowOf((f) => {
      const nap = f.sleep('nap', { for: 1 });
      const loop = f.loop('loop', inc, { needs: { nap }, from: () => 0, until: (n) => n >= 3, maxRounds: 5 });
      return f.map('map', inc, { over: [loop.$, 10] });
    });
    expect(await attempt(flow, 'nap')).toEqual(succeeded(undefined));
    expect(await attempt(flow, 'loop', { needs: { nap: succeeded(undefined) } })).toEqual(succeeded(3));
    expect(await attempt(flow, 'map', { needs: { loop: succeeded(4) } })).toEqual(succeeded([5, 11]));
  });

  it('takes nothing back and tells no task of its failure', async () => {
    const told: string[] = [];
    const onFailure = defineTask({ id: 'tell', input: z.object({}), run: () => void told.push('failure') });
    const flow = defineFlow({ id: 'f', input: z.unknown(), onFailure }, (f) => {
      const a = f.step('a', { run: () => 1, undo: () => void told.push('undo') });
      return f.step('b', {
        needs: { a },
        run: () => {
          throw new Error('no');
        },
        undo: () => void told.push('undo'),
      });
    });
    expect(await attempt(flow, 'b', { needs: { a: succeeded(1) } })).toMatchObject({ status: 'failed' });
    expect(told).toEqual([]);
  });
});

describe('when', () => {
  const flow = flowOf((f) => {
    const a = f.step('a', { run: () => true });
    return f.step('b', { needs: { a }, when: ({ a }) => a, run: () => 'done' });
  });

  it('skips the step, at any attempt', async () => {
    const needs = { a: succeeded(false) };
    expect(await attempt(flow, 'b', { needs })).toEqual({ status: 'skipped' });
    expect(await attempt(flow, 'b', { needs, attempt: 2 })).toEqual({ status: 'skipped' });
    expect(await attempt(flow, 'b', { needs: { a: succeeded(true) } })).toEqual(succeeded('done'));
  });

  it('can be asked alone', async () => {
    expect(await attempt(flow, 'b', { needs: { a: succeeded(false) }, part: 'when' })).toEqual(
      succeeded(false),
    );
    expect(await attempt(flow, 'a', { part: 'when' })).toEqual(succeeded(true));
  });

  it('that throws fails the step for good, as in a run', async () => {
    const throwing = flowOf((f) =>
      f.step('a', {
        retry: { maxAttempts: 3 },
        when: () => {
          throw new Error('no');
        },
        run: () => 1,
      }),
    );
    expect(await attempt(throwing, 'a')).toMatchObject({
      status: 'failed',
      error: { message: 'no', stepId: 'a' },
      mayRetry: false,
    });
  });
});

describe('a map', () => {
  const unit = defineTask({
    id: 'unit',
    input: z.number(),
    run: (n, { stepId, runId }) => `${runId} ${stepId} ${n}`,
  });
  const flow = flowOf((f) => {
    const list = f.step('list', { run: () => [1, 2] });
    return f.map('m', unit, { over: list.$ });
  });

  it('tells its items', async () => {
    expect(await attempt(flow, 'm', { part: 'over', needs: { list: succeeded([7]) } })).toEqual(
      succeeded([7]),
    );
    expect(await attempt(flow, 'm', { part: 'over', needs: { list: succeeded(7) } })).toMatchObject({
      status: 'failed',
      error: { code: 'AIWORK_INVALID_INPUT' },
    });
  });

  it('has no item before the first', async () => {
    const refused = await rejection(attempt(flow, 'm', { part: { item: -1, value: 9 } }));
    expect(refused).toMatchObject({ message: expect.stringContaining('part.item is -1') });
  });

  it('does one item, under the id that it has in a run', async () => {
    expect(await attempt(flow, 'm', { part: { item: 3, value: 9 } })).toEqual(succeeded(`${runId} m[3] 9`));
  });
});

it('tells what a call is called with', async () => {
  const flow = flowOf((f) => {
    const a = f.step('a', { run: () => ({ n: 1 }) });
    return f.call('b', echo, { n: a.$.n, list: [true] }, { needs: { a }, when: ({ a }) => a.n > 0 });
  });
  const input = (n: number) => attempt(flow, 'b', { part: 'input', needs: { a: succeeded({ n }) } });
  expect(await input(7)).toEqual(succeeded({ n: 7, list: [true] }));
  expect(await input(0)).toEqual({ status: 'skipped' });
});

it('tells the task of the flow of a failure', async () => {
  const onFailure = defineTask({
    id: 'page',
    input: z.object({ message: z.string() }),
    retry: { maxAttempts: 3, retryOn: () => false },
    run: ({ message }, { stepId, runId }) => {
      if (message === 'no pager') throw new Error(message);
      return [message, stepId, runId];
    },
  });
  const flow = defineFlow({ id: 'f', input: z.number(), onFailure }, (f) => f.step('a', { run: () => 1 }));
  expect(await attempt(flow, '$onFailure', { part: { error } })).toEqual(
    succeeded(['no', '$onFailure', runId]),
  );
  const failed = { part: { error: { ...error, message: 'no pager' } } };
  expect(await attempt(flow, '$onFailure', failed)).toMatchObject({ status: 'failed', mayRetry: false });
  expect(await rejection(attempt(flow, '$onCancel', { part: { error } }))).toMatchObject({
    message: expect.stringContaining('has no "$onCancel"'),
  });
});

describe('a failed attempt', () => {
  const failing = (thrown: unknown, retryOn?: (error: unknown) => boolean) =>
    flowOf((f) =>
      f.step('a', {
        retry: { maxAttempts: 1, ...(retryOn && { retryOn }) },
        run: () => {
          throw thrown;
        },
      }),
    );

  it('says whether another may help, as the policy of the step sees it', async () => {
    expect(await attempt(failing(new TypeError('no')), 'a')).toMatchObject({
      status: 'failed',
      error: { name: 'TypeError', message: 'no', stepId: 'a' },
      mayRetry: true,
    });
    const final = new AiworkError('AIWORK_INVALID_INPUT', 'no');
    expect(await attempt(failing(final), 'a')).toMatchObject({ mayRetry: false });
    expect(
      await attempt(
        failing(final, (error) => error === final),
        'a',
      ),
    ).toMatchObject({ mayRetry: true });
    expect(
      await attempt(
        failing(new Error('no'), () => false),
        'a',
      ),
    ).toMatchObject({ mayRetry: false });
  });

  it('is the only one, whatever the policy says', async () => {
    let calls = 0;
    const flow = flowOf((f) =>
      f.step('a', {
        retry: { maxAttempts: 5, minDelay: 1 },
        run: () => {
          calls += 1;
          throw new Error('no');
        },
      }),
    );
    await attempt(flow, 'a', { attempt: 2 });
    expect(calls).toBe(1);
  });

  it('has run out of the time of the step, or of the flow', async () => {
    const step = flowOf((f) => f.step('a', { timeout: 5, run: (_, { signal }) => untilAborted(signal) }));
    expect(await attempt(step, 'a')).toMatchObject({
      error: { code: 'AIWORK_STEP_TIMEOUT' },
      mayRetry: true,
    });
    const whole = defineFlow({ id: 'f', input: z.unknown(), timeout: 5 }, (f) =>
      f.step('a', { run: (_, { signal }) => untilAborted(signal) }),
    );
    expect(await attempt(whole, 'a')).toMatchObject({
      error: { code: 'AIWORK_RUN_TIMEOUT' },
      mayRetry: false,
    });
  });
});

it('is cancelled by its signal', async () => {
  const flow = flowOf((f) => f.step('a', { run: (_, { signal }) => untilAborted(signal) }));
  const stop = new AbortController();
  const end = attempt(flow, 'a', { signal: stop.signal });
  setTimeout(() => stop.abort(new Error('enough')), 10);
  expect(await end).toEqual({ status: 'cancelled' });
});

describe('attempts over a store that lasts', () => {
  type Code = (ctx: RunContext) => unknown;
  function stepOf(code: { run: Code }) {
    const { store, open } = lastingStore();
    const flow = flowOf((f) => f.step('a', { run: (_, ctx) => code.run(ctx) }));
    const at = async (number: number) => {
      await using ai = open();
      return await ai.runStep(flow, 'a', { runId, input: {}, attempt: number });
    };
    return { store, open, flow, at };
  }

  it('have the same idempotency key, and the effects of the ones before', async () => {
    const keys: string[] = [];
    let effects = 0;
    const code = {
      run: async ({ once, idempotencyKey, attempt }: RunContext) => {
        keys.push(idempotencyKey);
        const n = await once('charge', (key) => {
          keys.push(key);
          effects += 1;
          return effects;
        });
        if (attempt < 3) throw new Error('no');
        return [n, attempt];
      },
    };
    const { at } = stepOf(code);
    expect(await at(1)).toMatchObject({ status: 'failed' });
    expect(await at(2)).toMatchObject({ status: 'failed' });
    expect(await at(3)).toEqual(succeeded([1, 3]));
    expect(effects).toBe(1);
    expect(new Set(keys).size).toBe(2);
    // As it would be in a process that keeps nothing.
    await attempt(stepOf(code).flow, 'a');
    expect(new Set(keys).size).toBe(2);
  });

  it('keep what is done of their parts', async () => {
    let calls = 0;
    const part = defineTask({ id: 'part', input: z.unknown(), run: () => (calls += 1) });
    const { at } = stepOf({
      run: async ({ run, attempt }) => {
        const n = await run(part, {});
        if (attempt === 1) throw new Error('no');
        return n;
      },
    });
    await at(1);
    expect(await at(2)).toEqual(succeeded(1));
  });

  it('give the same end when asked for twice, and do it again when a later one is asked for', async () => {
    let calls = 0;
    let effects = 0;
    const { at } = stepOf({
      run: async ({ once }) => {
        calls += 1;
        return [calls, await once('e', () => (effects += 1))];
      },
    });
    expect(await at(1)).toEqual(succeeded([1, 1]));
    expect(await at(1)).toEqual(succeeded([1, 1]));
    expect(await at(2)).toEqual(succeeded([2, 1]));
  });

  it('go on with one whose process went away', async () => {
    let effects = 0;
    let dead = true;
    const { open, flow, store } = stepOf({
      run: async ({ once, attempt, signal }) => {
        await once('e', () => (effects += 1));
        return dead ? untilAborted(signal) : attempt;
      },
    });
    const ai = open();
    const left = ai.runStep(flow, 'a', { runId, input: {} });
    while (effects === 0) await new Promise(setImmediate);
    await ai.close();
    await expect(left).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
    dead = false;
    await using next = open();
    expect(await next.runStep(flow, 'a', { runId, input: {}, attempt: 2 })).toEqual(succeeded(2));
    expect(effects).toBe(1);
    expect((await store.list({})).items.map(({ id }) => id)).toEqual([`${runId}.a`]);
  });

  it('do again what was left in the middle, when it is given something else', async () => {
    let dead = true;
    let effects = 0;
    const { open } = lastingStore();
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => 1 });
      return f.step('b', {
        needs: { a },
        run: async ({ a }, { once, signal }) => {
          const n = await once('e', () => (effects += 1));
          return dead ? untilAborted(signal) : [a, n];
        },
      });
    });
    const ai = open();
    const left = ai.runStep(flow, 'b', { runId, input: {}, needs: { a: succeeded('old') } });
    while (effects === 0) await new Promise(setImmediate);
    await ai.close();
    await rejection(left);
    dead = false;
    await using next = open();
    const again = { runId, input: {}, attempt: 2, needs: { a: succeeded(new Date(0)) } };
    expect(await next.runStep(flow, 'b', again)).toEqual(succeeded([new Date(0), 1]));
    expect(await next.runStep(flow, 'b', again)).toEqual(succeeded([new Date(0), 1]));
    const statuses = (await next.list()).items.map(({ id, status }) => [id, status]);
    expect(statuses.sort()).toEqual([
      [`${runId}.b`, 'cancelled'],
      [`${runId}.b~2`, 'succeeded'],
    ]);
  });

  it('keep no parts that came of something else', async () => {
    const part = defineTask({ id: 'part', input: z.string(), run: (text) => text });
    const { open } = lastingStore();
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => '' });
      return f.step('b', {
        needs: { a },
        run: async ({ a }, { run, attempt }) => {
          const text = await run(part, a);
          if (attempt === 1) throw new Error('no');
          return text;
        },
      });
    });
    await using ai = open();
    const at = (attempt: number, a: string) =>
      ai.runStep(flow, 'b', { runId, input: {}, attempt, needs: { a: succeeded(a) } });
    await at(1, 'old');
    expect(await at(2, 'new')).toEqual(succeeded('new'));
  });

  it.each(['fails', 'is cancelled'])(
    'end well, wherever in an attempt that %s the process dies',
    async (how) => {
      for (let events = 0, survived = false; !survived; events++) {
        let now = 0;
        const { store, open } = lastingStore(() => now);
        const dying = crashAfter(store, events);
        const stop = new AbortController();
        const flow = flowOf((f) =>
          f.step('a', {
            run: async (_, { once, attempt, signal }) => {
              await once('e', () => 1);
              if (attempt === 2) return attempt;
              if (how === 'fails') throw new Error('no');
              stop.abort();
              return untilAborted(signal);
            },
          }),
        );
        const first = open({}, dying);
        const { signal } = stop;
        survived = await first.runStep(flow, 'a', { runId, input: {}, signal }).then(
          () => true,
          () => false,
        );
        now += 60_000;
        await using next = open();
        expect(await next.runStep(flow, 'a', { runId, input: {}, attempt: 2 })).toEqual(succeeded(2));
        if (survived) expect(events).toBeGreaterThan(4);
      }
    },
  );

  it('are not taken by workers, and kept apart from the flow', async () => {
    const { open, flow } = stepOf({ run: () => 1 });
    await using ai = open();
    await ai.runStep(flow, 'a', { runId, input: {} });
    const [record] = (await ai.list()).items;
    expect(record).toMatchObject({ id: `${runId}.a`, unitId: 'flow/a', parent: { runId, stepId: 'a' } });
    expect((await eventsOf(await ai.open(`${runId}.a`))).at(-1)).toMatchObject({ status: 'succeeded' });
  });

  it('refuse a second process at the same attempt', async () => {
    const { open, flow } = stepOf({ run: ({ signal }) => untilAborted(signal) });
    await using first = open();
    const stop = new AbortController();
    const end = first.runStep(flow, 'a', { runId, input: {}, signal: stop.signal });
    while ((await first.list()).items.length === 0) await new Promise(setImmediate);
    await using second = open();
    const refused = await rejection(second.runStep(flow, 'a', { runId, input: {} }));
    expect(refused).toMatchObject({ code: 'AIWORK_RUN_OWNED', retryable: true });
    stop.abort();
    expect(await end).toEqual({ status: 'cancelled' });
  });
});

describe('what does not fit is refused', () => {
  const flow = flowOf((f) => {
    const a = f.step('a', { run: () => 1 });
    const wait = f.waitFor('wait', { needs: { a }, payload: z.string() });
    return f.step('b', { needs: { a, wait }, run: () => 1 });
  });
  it.each([
    ['an unknown step', 'c', {}, 'AIWORK_UNKNOWN_STEP', 'its steps are "a", "wait", "b"'],
    ['a need left out', 'b', { needs: { a: succeeded(1) } }, 'AIWORK_INVALID_ARGUMENT', '"wait" ended'],
    ['a need too many', 'a', { needs: { b: succeeded(1) } }, 'AIWORK_INVALID_ARGUMENT', 'does not need'],
    ['a wait', 'wait', { needs: { a: succeeded(1) } }, 'AIWORK_INVALID_ARGUMENT', 'waits for a payload'],
    ['the input of what is no call', 'a', { part: 'input' }, 'AIWORK_INVALID_ARGUMENT', 'not a call'],
    [
      'an item of what is no map',
      'a',
      { part: { item: 0, value: 1 } },
      'AIWORK_INVALID_ARGUMENT',
      'not a map',
    ],
    ['items of what is no map', 'a', { part: 'over' }, 'AIWORK_INVALID_ARGUMENT', 'not a map'],
    ['an attempt that is none', 'a', { attempt: 0 }, 'AIWORK_INVALID_ARGUMENT', 'attempt is 0'],
    ['a run id that is none', 'a', { runId: '' }, 'AIWORK_INVALID_ARGUMENT', 'the id of the run'],
  ] as const)('%s', async (_, step, options, code, message) => {
    const refused = await rejection(attempt(flow, step, options as Partial<StepRunOptions>));
    expect(refused).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('what has no steps', async () => {
    for (const none of [echo, {}, undefined]) {
      const refused = await rejection(attempt(none as unknown as AnyFlow, 'a'));
      expect(refused).toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
    }
  });

  it('an input that the flow does not take', async () => {
    const typed = defineFlow({ id: 'f', input: z.number() }, (f) => f.step('a', { run: () => 1 }));
    expect(await rejection(attempt(typed, 'a', { input: 'x' }))).toMatchObject({
      code: 'AIWORK_INVALID_INPUT',
    });
  });
});
