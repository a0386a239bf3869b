import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOrchestrator } from '../orchestrator.ts';
import { defineFlow } from '../units/define-flow.ts';
import { defineTask } from '../units/task.ts';
import { echo, flowOf, lastingStore, rejection, runIt, story } from './engine.fixture.ts';

function thenable(then: (ok: (value: unknown) => void, no: (error: unknown) => void) => unknown) {
  return { then } as PromiseLike<unknown>;
}

function thrown(): never {
  throw new Error('not today');
}

const upper = defineTask({
  id: 'upper',
  input: z.object({ text: z.string() }),
  run: ({ text }) => text.toUpperCase(),
});

describe('a flow', () => {
  it('gives each step the outputs of the steps it needs, by name', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => 1 });
      const b = f.step('b', { needs: { a }, run: async ({ a }) => a + 1 });
      return f.step('c', { needs: { first: a, second: b }, run: (needs) => needs });
    });
    expect(await runIt(ai, flow)).toEqual({ first: 1, second: 2 });
  });

  it('resolves refs inside the input of a call, constants included', async () => {
    await using ai = createOrchestrator();
    const flow = defineFlow(
      { id: 'refs', input: z.object({ deep: z.object({ list: z.array(z.string()) }) }) },
      (f) => {
        const a = f.call('a', upper, { text: f.input.$.deep.list[1] as never });
        return f.call('b', echo, { from: a.$, list: [a.$, 'constant'], n: 1 });
      },
    );
    expect(await runIt(ai, flow, { deep: { list: ['x', 'y'] } })).toEqual({
      from: 'Y',
      list: ['Y', 'constant'],
      n: 1,
    });
  });

  it('finds undefined in what was skipped, and in null', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => {
      const skipped = f.step('skipped', { when: () => false, run: () => ({ text: 'x' }) });
      const empty = f.step('empty', { run: (): { text: string } | null => null });
      return f.call('b', echo, { of: [skipped.$.text, empty.$.text, empty.$] });
    });
    expect(await runIt(ai, flow)).toEqual({ of: [undefined, undefined, null] });
  });

  it('hands out nothing but what an output itself holds', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => {
      const a = f.step('a', { run: (): { constructor?: unknown } => ({}) });
      return f.call('b', echo, { reached: a.$.constructor as never });
    });
    expect(await runIt(ai, flow)).toEqual({ reached: undefined });
  });

  it('starts every step whose needs are met at once', async () => {
    await using ai = createOrchestrator();
    let together = 0;
    let most = 0;
    const flow = flowOf((f) => {
      const steps = Object.fromEntries(
        ['a', 'b', 'c'].map((id) => [
          id,
          f.step(id, {
            run: async () => {
              together += 1;
              most = Math.max(most, together);
              await Promise.resolve();
              together -= 1;
            },
          }),
        ]),
      );
      return f.step('end', { needs: steps, run: () => most });
    });
    expect(await runIt(ai, flow)).toBe(3);
  });

  it('may give its own input, or the output of a step others follow', async () => {
    await using ai = createOrchestrator();
    expect(
      await runIt(
        ai,
        flowOf((f) => f.input),
        'same',
      ),
    ).toBe('same');
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => 'a' });
      f.step('after', { needs: { a }, run: () => 'ignored' });
      return a;
    }, 'side');
    const run = await ai.start(flow, {});
    expect(await run.result()).toBe('a');
    expect(await story(run)).toContain('step.succeeded after');
  });

  it('refuses an input its schema refuses, naming the field', async () => {
    await using ai = createOrchestrator();
    const flow = defineFlow({ id: 'typed', input: z.object({ n: z.number() }) }, (f) => f.input);
    const error = await rejection(ai.start(flow, { n: 'one' } as never));
    expect(error.code).toBe('AIWORK_INVALID_INPUT');
    expect(error.message).toMatch(/input of flow "typed" is invalid: n: /);
  });

  it('refuses what a task must not be given or give, naming the step', async () => {
    await using ai = createOrchestrator();
    const strict = defineTask({
      id: 'strict',
      input: z.string(),
      output: z.number(),
      run: () => 'no number' as never,
    });
    const badOutput = await rejection(
      runIt(
        ai,
        flowOf((f) => f.call('s', strict, 'x'), 'bad-output'),
      ),
    );
    expect(badOutput.code).toBe('AIWORK_INVALID_OUTPUT');
    expect(badOutput.message).toMatch(/step "s" failed: output of task "strict" is invalid/);
    const badInput = await rejection(
      runIt(
        ai,
        flowOf((f) => f.call('s', strict, f.input.$ as never), 'bad-input'),
        5,
      ),
    );
    expect(badInput.code).toBe('AIWORK_INVALID_INPUT');
  });

  it.each([
    ['a function', () => () => 1, /is a function/],
    [
      'an instance of a class',
      () => ({ deep: [new URL('https://x.test')] }),
      /\.deep\[0\] is an instance of URL/,
    ],
    ['a circle', circle, /\.self refers back/],
    ['a promise left inside', () => ({ later: Promise.resolve(1) }), /\.later is a Promise/],
  ])('fails a step whose result is %s, naming it', async (_, make, message) => {
    await using ai = createOrchestrator();
    const error = await rejection(
      runIt(
        ai,
        flowOf((f) => f.step('bad', { run: make as () => unknown })),
      ),
    );
    expect(error.code).toBe('AIWORK_NOT_SERIALIZABLE');
    expect(error.message).toContain('step "bad"');
    expect(error.message).toMatch(message);
  });

  it.each<[string, PromiseLike<unknown>]>([
    ['gives another', thenable((ok) => ok(thenable((okToo) => okToo('done'))))],
    ['settles twice', thenable((ok, no) => [ok('done'), no(new Error('no'))])],
    ['throws after that', thenable((ok) => [ok('done'), thrown()])],
  ])('takes a thenable of another library that %s for what it promises', async (_, result) => {
    await using ai = lastingStore().open();
    const flow = flowOf((f) => f.step('a', { run: () => result }));
    const run = await ai.start(flow, {});
    expect(await run.result()).toBe('done');
    expect(await story(run)).toEqual(['run.started', 'step.started a', 'step.succeeded a', 'run.finished']);
  });

  it('fails where a thenable cannot even be asked', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => f.step('a', { run: () => thenable(thrown) }));
    expect((await rejection(runIt(ai, flow))).message).toBe('step "a" failed: not today');
  });

  it('runs a chain of ten thousand steps without running out of stack', async () => {
    await using ai = createOrchestrator();
    const flow = defineFlow({ id: 'long', input: z.number() }, (f) => {
      let at = f.input;
      for (let i = 0; i < 10_000; i++) {
        const last = at;
        at = f.step(`s${i}`, { needs: { last }, run: ({ last }) => last + 1 });
      }
      return at;
    });
    expect(await runIt(ai, flow, 0)).toBe(10_000);
  });

  it('keeps names such as __proto__ apart from the language', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => {
      const a = f.step('__proto__', { run: () => ({ polluted: true }) });
      const needs = Object.defineProperty({}, '__proto__', { value: a, enumerable: true });
      return f.step('constructor', { needs, run: (got) => Object.keys(got) });
    });
    expect(await runIt(ai, flow)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('a unit started by itself', () => {
  it('is a run of one step', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(upper, { text: 'a' });
    expect(await run.result()).toBe('A');
    expect(await story(run)).toEqual([
      'run.started',
      'step.started upper',
      'step.succeeded upper',
      'run.finished',
    ]);
  });
});

function circle(): unknown {
  const object: { self?: unknown } = {};
  object.self = object;
  return object;
}
