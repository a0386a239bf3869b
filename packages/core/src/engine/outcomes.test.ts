import { describe, expect, it } from 'vitest';
import { createOrchestrator } from '../orchestrator.ts';
import { echo, eventsOf, flowOf, rejection, runIt, story, untilAborted } from './engine.fixture.ts';

const boom = (): never => {
  throw new Error('boom');
};

const thrower = {
  get(): never {
    throw new Error('looked at');
  },
};

function circle(): object {
  const object: { self?: object } = {};
  object.self = object;
  return object;
}

describe('a failing step', () => {
  it('fails the run with its own error as cause, naming the step', async () => {
    await using ai = createOrchestrator();
    const error = await rejection(
      runIt(
        ai,
        flowOf((f) => f.step('a', { run: boom })),
      ),
    );
    expect(error).toMatchObject({
      code: 'AIWORK_STEP_FAILED',
      message: 'step "a" failed: boom',
      stepId: 'a',
    });
    expect(error.cause?.message).toBe('boom');
  });

  it('aborts the steps that are at work, and starts no other', async () => {
    await using ai = createOrchestrator();
    let aborted: unknown;
    const flow = flowOf((f) => {
      const slow = f.step('slow', {
        run: (_, { signal }) =>
          untilAborted(signal).catch((reason) => {
            aborted = reason;
            throw reason;
          }),
      });
      f.step('bad', { run: async () => boom() });
      return f.step('never', { needs: { slow }, run: () => 'ran' });
    });
    const run = await ai.start(flow, {});
    await rejection(run.result());
    expect(aborted).toMatchObject({ code: 'AIWORK_CANCELLED' });
    const told = await story(run);
    expect(told).toContain('step.cancelled slow');
    expect(told).not.toContain('step.started never');
  });

  it('gives undefined downstream with onError: continue', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => {
      const a = f.step('a', { onError: 'continue', run: boom });
      return f.step('b', { needs: { a }, run: ({ a }) => [a === undefined] });
    });
    expect(await runIt(ai, flow)).toEqual([true]);
  });

  it('is shown to a settle step, and fails what else needs it', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => {
      const a = f.step('a', { run: boom });
      const b = f.step('b', { needs: { a }, run: () => 1 });
      const c = f.step('c', { run: () => 3 });
      const d = f.step('d', { when: () => false, run: () => 4 });
      return f.settle('end', {
        needs: { a, b, c, d },
        run: ({ a, b, c, d }) => [
          a.status === 'failed' && a.error.message,
          b.status === 'failed' && b.error.code,
          c.status === 'succeeded' && c.value,
          d.status,
        ],
      });
    });
    expect(await runIt(ai, flow)).toEqual(['boom', 'AIWORK_NEED_FAILED', 3, 'skipped']);
  });

  it('of the output fails the run although a settle step takes it, once that is done', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => {
      const a = f.step('a', {
        run: () => {
          throw new Error('nothing to give');
        },
      });
      f.settle('tidy', { needs: { a }, run: ({ a }) => a.status });
      return a;
    });
    const run = await ai.start(flow, {});
    expect(await rejection(run.result())).toMatchObject({
      code: 'AIWORK_STEP_FAILED',
      message: 'step "a" failed: nothing to give',
    });
    expect(await story(run)).toContain('step.succeeded tidy');
  });

  it('that throws something strange is told as well as can be', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) =>
      f.step('a', {
        run: () => {
          throw { odd: true };
        },
      }),
    );
    expect((await rejection(runIt(ai, flow))).message).toContain('step "a" failed');
  });

  it.each<[string, () => unknown]>([
    ['without a prototype', () => Object.create(null)],
    ['that holds itself', () => Object.assign(Object.create(null), { toJSON: () => BigInt(1) })],
    ['whose message is a getter that throws', () => Object.defineProperty(new Error(), 'message', thrower)],
    [
      'whose headers are a getter that throws',
      () => Object.defineProperty(new Error('x'), 'headers', thrower),
    ],
    ['whose name is no text', () => Object.assign(new Error('x'), { name: circle() })],
    ['that lets nobody look', () => new Proxy({}, { get: thrower.get, getPrototypeOf: thrower.get })],
    ['that asks to be left alone for ever', () => Object.assign(new Error('x'), { retryAfterMs: Infinity })],
  ])('ends the run although an object %s was thrown', async (_, make) => {
    await using ai = createOrchestrator();
    const retry = { maxAttempts: 2, minDelay: 0 };
    const throwNow = () => {
      throw make();
    };
    const throwLater = async () => {
      await Promise.resolve();
      throw make();
    };
    for (const options of [{ run: throwNow }, { run: throwLater }, { retry, run: throwLater }]) {
      const error = await rejection(
        runIt(
          ai,
          flowOf((f) => f.step('a', options)),
        ),
      );
      expect(error.message).toContain('step "a" failed');
    }
  });

  it('nobody waits for is no unhandled rejection', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(
      flowOf((f) => f.step('a', { run: boom })),
      {},
    );
    const events = await eventsOf(run);
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', status: 'failed' });
  });
});

describe('when', () => {
  it('skips the step, which is undefined downstream', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => 1 });
      const b = f.step('b', { needs: { a }, when: async ({ a }) => a > 1, run: () => 'ran' });
      const c = f.step('c', { needs: { a }, when: ({ a }) => a === 1, run: () => 'ran' });
      return f.step('end', { needs: { b, c }, run: ({ b, c }) => ({ b: b ?? 'skipped', c }) });
    });
    expect(await runIt(ai, flow)).toEqual({ b: 'skipped', c: 'ran' });
  });

  it('that throws fails the step', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => f.step('a', { when: boom, run: () => 1 }));
    expect((await rejection(runIt(ai, flow))).message).toBe('step "a" failed: boom');
  });
});

describe('race', () => {
  it('takes the first success, and aborts the others and what only they need', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => {
      const source = f.step('source', { run: (_, { signal }) => untilAborted(signal) });
      const slow = f.step('slow', { needs: { source }, run: () => 'slow' });
      const failing = f.step('failing', { run: boom });
      const fast = f.step('fast', { run: async () => 'fast' });
      const first = f.race('first', { needs: { slow, failing, fast } });
      return f.settle('end', { needs: { first, slow }, run: ({ first, slow }) => [first, slow.status] });
    });
    const run = await ai.start(flow, {});
    expect(await run.result()).toEqual([{ status: 'succeeded', value: 'fast' }, 'cancelled']);
    expect(await story(run)).toEqual(
      expect.arrayContaining(['step.cancelled slow', 'step.cancelled source']),
    );
  });

  it('fails when no contender succeeds, telling why', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) =>
      f.race('first', { needs: { a: f.step('a', { run: boom }), b: f.step('b', { run: boom }) } }),
    );
    const error = await rejection(runIt(ai, flow));
    expect(error).toMatchObject({ code: 'AIWORK_RACE_FAILED' });
    expect(error.message).toContain('a: boom; b: boom');
  });

  it('is skipped when all contenders are', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) =>
      f.race('first', { needs: { a: f.step('a', { when: () => false, run: () => 1 }) } }),
    );
    const run = await ai.start(flow, {});
    expect(await run.result()).toBeUndefined();
    expect(await story(run)).toContain('step.skipped first');
  });
});

describe('undo', () => {
  it('takes back what succeeded, in reverse order of completion', async () => {
    await using ai = createOrchestrator();
    const undone: unknown[] = [];
    const undo = (output: unknown) => void undone.push(output);
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => 'a', undo });
      const b = f.step('b', { needs: { a }, run: () => 'b', undo });
      const c = f.step('c', { needs: { b }, run: () => 'c' });
      return f.step('d', { needs: { c }, run: boom, undo });
    });
    const run = await ai.start(flow, {});
    await rejection(run.result());
    expect(undone).toEqual(['b', 'a']);
    const told = await story(run);
    expect(told.filter((line) => line.startsWith('step.undone'))).toEqual(['step.undone b', 'step.undone a']);
    expect(told.at(-1)).toBe('run.finished');
  });

  it('is not mistaken for a part of the step called "undo"', async () => {
    await using ai = createOrchestrator();
    let undone = 0;
    const flow = flowOf((f) => {
      const a = f.step('a', {
        run: (_, ctx) => ctx.run(echo, 1, { key: 'undo' }),
        undo: () => void undone++,
      });
      return f.step('b', {
        needs: { a },
        run: () => {
          throw new Error('no');
        },
      });
    });
    await rejection(runIt(ai, flow));
    expect(undone).toBe(1);
  });

  it('goes on after an undo that fails, and retries it as the step is', async () => {
    await using ai = createOrchestrator();
    let tries = 0;
    const undone: string[] = [];
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => 'a', undo: () => void undone.push('a') });
      const b = f.step('b', {
        needs: { a },
        retry: { maxAttempts: 2, minDelay: 1 },
        run: () => 'b',
        undo: () => {
          tries += 1;
          throw new Error('cannot');
        },
      });
      return f.step('c', { needs: { b }, run: boom });
    });
    const run = await ai.start(flow, {});
    expect((await rejection(run.result())).message).toBe('step "c" failed: boom');
    expect([tries, undone]).toEqual([2, ['a']]);
    expect(await story(run)).toContain('step.undo-failed b');
  });
});

describe('onFailure and onCancel', () => {
  it('are told after the undos, each for its own ending', async () => {
    const { defineFlow } = await import('../units/define-flow.ts');
    const { defineTask } = await import('../units/task.ts');
    const { z } = await import('zod');
    const told: string[] = [];
    const tell = (id: string) =>
      defineTask({
        id,
        input: z.object({ message: z.string() }),
        run: ({ message }) => void told.push(`${id}: ${message}`),
      });
    const make = (id: string, run: (ctx: { signal: AbortSignal }) => unknown) =>
      defineFlow({ id, input: z.unknown(), onFailure: tell('failure'), onCancel: tell('cancel') }, (f) => {
        const a = f.step('a', { run: () => 1, undo: () => void told.push('undone') });
        return f.step('b', { needs: { a }, run: (_, ctx) => run(ctx) });
      });
    await using ai = createOrchestrator();
    await rejection(runIt(ai, make('failing', boom)));
    expect(told.splice(0)).toEqual(['undone', 'failure: step "b" failed: boom']);
    const run = await ai.start(
      make('hanging', ({ signal }) => untilAborted(signal)),
      {},
    );
    await run.cancel('enough');
    expect(told).toEqual(['undone', 'cancel: enough']);
  });
});
