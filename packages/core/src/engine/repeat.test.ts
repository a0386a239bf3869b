import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOrchestrator } from '../orchestrator.ts';
import { defineFlow } from '../units/define-flow.ts';
import { defineTask } from '../units/task.ts';
import { flowOf, rejection, runIt, story, untilAborted } from './engine.fixture.ts';

const double = defineTask({ id: 'double', input: z.number(), run: (n) => n * 2 });

describe('map', () => {
  it('keeps the order of the items, and journals each', async () => {
    await using ai = createOrchestrator();
    const flow = defineFlow({ id: 'm', input: z.array(z.number()) }, (f) =>
      f.map('m', double, { over: f.input.$ }),
    );
    const run = await ai.start(flow, [3, 1, 2]);
    expect(await run.result()).toEqual([6, 2, 4]);
    expect(await story(run)).toEqual(
      expect.arrayContaining(['step.expanded m', 'step.succeeded m[0]', 'step.succeeded m[2]']),
    );
  });

  it('of nothing is an empty list', async () => {
    await using ai = createOrchestrator();
    expect(
      await runIt(
        ai,
        flowOf((f) => f.map('m', double, { over: () => [] })),
      ),
    ).toEqual([]);
  });

  it('aborts the other items at the first failure', async () => {
    await using ai = createOrchestrator();
    let aborted = 0;
    const item = defineTask({
      id: 'item',
      input: z.number(),
      run: async (n, { signal }) => {
        if (n === 0) throw new Error('zero');
        await untilAborted(signal).finally(() => {
          aborted += 1;
        });
      },
    });
    const error = await rejection(
      runIt(
        ai,
        flowOf((f) => f.map('m', item, { over: () => [1, 0, 2] })),
      ),
    );
    expect(error).toMatchObject({ message: 'step "m[1]" failed: zero', stepId: 'm[1]' });
    expect(aborted).toBe(2);
  });

  it('is over when the aborted items are: no undo comes while one is at work', async () => {
    await using ai = createOrchestrator();
    const told: string[] = [];
    const item = defineTask({
      id: 'item',
      input: z.number(),
      run: async (n, { signal }) => {
        if (n === 0) throw new Error('zero');
        await untilAborted(signal).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 20));
        told.push('stopped');
      },
    });
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => 1, undo: () => void told.push('undone') });
      return f.map('m', item, { needs: { a }, over: () => [1, 0] });
    });
    await rejection(runIt(ai, flow));
    expect(told).toEqual(['stopped', 'undone']);
  });

  it('over something that is no list says so', async () => {
    await using ai = createOrchestrator();
    const error = await rejection(
      runIt(
        ai,
        flowOf((f) => f.map('m', double, { over: () => 'text' as never })),
      ),
    );
    expect(error.message).toContain('"over" of step "m" gave string: it has to give an array');
  });

  it('retries an item, not the whole', async () => {
    await using ai = createOrchestrator();
    const calls: number[] = [];
    const item = defineTask({
      id: 'item',
      input: z.number(),
      run: (n, ctx) => {
        calls.push(n);
        if (n === 2 && ctx.attempt === 1) throw new Error('once');
        return n;
      },
    });
    const flow = flowOf((f) =>
      f.map('m', item, { over: () => [1, 2], retry: { maxAttempts: 2, minDelay: 1 } }),
    );
    expect(await runIt(ai, flow)).toEqual([1, 2]);
    expect(calls).toEqual([1, 2, 2]);
  });

  it('runs a sub-flow for each item', async () => {
    await using ai = createOrchestrator();
    const inner = defineFlow({ id: 'inner', input: z.number() }, (f) => f.call('d', double, f.input.$));
    const run = await ai.start(
      flowOf((f) => f.map('m', inner, { over: () => [1, 2] })),
      {},
      { runId: 'r' },
    );
    expect(await run.result()).toEqual([2, 4]);
    expect((await ai.get('r.m[1]'))?.parent).toEqual({ runId: 'r', stepId: 'm[1]' });
  });
});

describe('loop', () => {
  it('feeds the output back until the condition holds', async () => {
    await using ai = createOrchestrator();
    const rounds: number[] = [];
    const flow = flowOf((f) =>
      f.loop('l', double, {
        from: () => 1,
        until: (value, round) => {
          rounds.push(round);
          return value >= 8;
        },
        maxRounds: 10,
      }),
    );
    expect(await runIt(ai, flow)).toBe(8);
    expect(rounds).toEqual([1, 2, 3]);
  });

  it('fails when it reaches maxRounds', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => f.loop('l', double, { from: () => 1, until: () => false, maxRounds: 3 }));
    const error = await rejection(runIt(ai, flow));
    expect(error.code).toBe('AIWORK_LOOP_LIMIT');
    expect(error.message).toContain('did 3 rounds');
  });
});

describe('a sub-flow', () => {
  const inner = defineFlow({ id: 'inner', input: z.number() }, (f) => f.call('d', double, f.input.$));

  it('is a run of its own, linked to its parent', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(
      flowOf((f) => f.call('sub', inner, 4)),
      {},
      { runId: 'r' },
    );
    expect(await run.result()).toBe(8);
    expect(await ai.get('r.sub')).toMatchObject({
      unitId: 'inner',
      status: 'succeeded',
      parent: { runId: 'r', stepId: 'sub' },
    });
  });

  it('that fails fails the step, naming its run', async () => {
    await using ai = createOrchestrator();
    const bad = defineFlow({ id: 'bad', input: z.number() }, (f) =>
      f.step('x', {
        run: () => {
          throw new Error('deep');
        },
      }),
    );
    const run = await ai.start(
      flowOf((f) => f.call('sub', bad, 4)),
      {},
      { runId: 'r' },
    );
    const error = await rejection(run.result());
    expect(error.message).toBe(
      'step "sub" failed: sub-flow "bad" (run "r.sub") failed: step "x" failed: deep',
    );
  });

  it('is run again by retry as another run', async () => {
    await using ai = createOrchestrator();
    let tries = 0;
    const flaky = defineFlow({ id: 'flaky', input: z.number() }, (f) =>
      f.step('x', {
        run: () => {
          tries += 1;
          if (tries === 1) throw new Error('first');
          return tries;
        },
      }),
    );
    const run = await ai.start(
      flowOf((f) => f.call('sub', flaky, 4, { retry: { maxAttempts: 2, minDelay: 1 } })),
      {},
      { runId: 'r' },
    );
    expect(await run.result()).toBe(2);
    expect(await ai.get('r.sub~2')).toMatchObject({ status: 'succeeded' });
  });

  it('is cancelled with its parent, and does its undos', async () => {
    await using ai = createOrchestrator();
    const undone: string[] = [];
    const slow = defineFlow({ id: 'slow', input: z.number() }, (f) => {
      const a = f.step('a', { run: () => 1, undo: () => void undone.push('a') });
      return f.step('b', { needs: { a }, run: (_, { signal }) => untilAborted(signal) });
    });
    const run = await ai.start(
      flowOf((f) => f.call('sub', slow, 4)),
      {},
      { runId: 'r' },
    );
    for await (const event of run) if (event.type === 'step.started') break;
    await run.cancel('stop');
    expect(undone).toEqual(['a']);
    expect((await ai.get('r.sub'))?.status).toBe('cancelled');
  });
});
