import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunStore } from './adapters/run-store.ts';
import { createMemoryRunStore } from './embedded/memory-run-store.ts';
import {
  echo,
  eventsOf,
  flowOf,
  rejection,
  runIt,
  story,
  untilAborted,
  untilEvent,
} from './engine/engine.fixture.ts';
import { createOrchestrator } from './orchestrator.ts';
import type { OrchestratorOptions } from './orchestrator-api.ts';
import { definePlugin } from './plugin.ts';
import { virtualClock } from './testing/index.ts';
import { defineFlow } from './units/define-flow.ts';
import { defineTask } from './units/task.ts';

/** A store that outlives orchestrators, as far as they can tell. */
function sharedStore() {
  let time = 0;
  const inner = createMemoryRunStore({ now: () => time });
  const store: RunStore = { ...inner, capabilities: { ...inner.capabilities, durability: 'service-kill' } };
  return {
    store,
    expireLeases: () => {
      time += 3_600_000;
    },
    open: (options: OrchestratorOptions = {}) =>
      createOrchestrator({
        ...options,
        plugins: [definePlugin({ name: 'storage', setup: (host) => host.provide('runStore', store) })()],
      }),
  };
}

const hang = flowOf((f) => {
  const a = f.step('a', { run: () => 'a' });
  return f.step('b', { needs: { a }, run: (_, { signal }) => untilAborted(signal) });
}, 'hang');

describe('start', () => {
  it('with a key gives the same run twice, and the effect once', async () => {
    await using ai = createOrchestrator();
    let ran = 0;
    const flow = flowOf((f) => f.step('a', { run: () => ++ran }));
    const [first, second] = await Promise.all(
      [1, 2].map(() => ai.start(flow, {}, { idempotencyKey: 'order-7' })),
    );
    expect(second?.id).toBe(first?.id);
    expect(await Promise.all([first?.result(), second?.result()])).toEqual([1, 1]);
    expect(await (await ai.start(flow, {}, { idempotencyKey: 'order-7' })).result()).toBe(1);
    expect(ran).toBe(1);
  });

  it('refuses a run id that is taken, and one that could break something', async () => {
    await using ai = createOrchestrator();
    await ai.start(echo, 1, { runId: 'taken' });
    expect((await rejection(ai.start(echo, 1, { runId: 'taken' }))).code).toBe('AIWORK_RUN_EXISTS');
    expect((await rejection(ai.start(echo, 1, { runId: 'a\nb' }))).code).toBe('AIWORK_INVALID_ARGUMENT');
  });

  it('is cancelled by the signal it was given', async () => {
    await using ai = createOrchestrator();
    const controller = new AbortController();
    const run = await ai.start(hang, {}, { signal: controller.signal });
    controller.abort(new Error('the user left'));
    expect(await rejection(run.result())).toMatchObject({
      code: 'AIWORK_CANCELLED',
      message: 'the user left',
    });
    await expect(ai.start(hang, {}, { signal: controller.signal })).rejects.toThrow('the user left');
  });

  it('puts the tags of the unit and of the call on the record', async () => {
    await using ai = createOrchestrator();
    const task = defineTask({ id: 't', tags: ['nightly'], input: z.unknown(), run: () => 1 });
    const run = await ai.start(task, 1, { tags: ['nightly', 'eu'] });
    expect((await ai.get(run.id))?.tags).toEqual(['nightly', 'eu']);
    expect((await ai.list({ tag: 'eu' })).items).toHaveLength(1);
  });
});

describe('a run', () => {
  it('gives its events to any number of readers, early and late, without gap or repetition', async () => {
    await using ai = createOrchestrator();
    const flow = flowOf((f) => {
      let at = f.step('s0', { run: async () => 0 });
      for (let i = 1; i < 30; i++) {
        const last = at;
        at = f.step(`s${i}`, { needs: { last }, run: async ({ last }) => last + 1 });
      }
      return at;
    });
    const run = await ai.start(flow, {});
    const early = eventsOf(run);
    await run.result();
    const numbers = (await early).map((event) => event.seq);
    expect(numbers).toEqual(Array.from({ length: 62 }, (_, i) => i + 1));
    expect((await eventsOf(run)).map((event) => event.seq)).toEqual(numbers);
    expect((await eventsOf(await ai.open(run.id))).map((event) => event.seq)).toEqual(numbers);
  });

  it('that is cancelled tells its reason, and cancelling it again does nothing', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(hang, {});
    await run.cancel('no longer needed');
    await run.cancel('again');
    expect(await rejection(run.result())).toMatchObject({
      code: 'AIWORK_CANCELLED',
      message: 'no longer needed',
    });
    expect(await run.status()).toBe('cancelled');
  });

  it('that is not there is said so', async () => {
    await using ai = createOrchestrator();
    for (const call of [
      ai.open('x'),
      ai.resume('x'),
      ai.rerun('x'),
      ai.cancel('x'),
      ai.signal('x', 's', 1),
      eventsOf(ai.events('x')),
    ]) {
      expect((await rejection(call)).message).toBe('there is no run "x" in this store');
    }
  });
});

describe('resume', () => {
  it('refuses a run another process works on', async () => {
    const { open } = sharedStore();
    await using here = open();
    await using there = open({ units: [hang] });
    const run = await here.start(hang, {});
    expect((await rejection(there.resume(run.id))).code).toBe('AIWORK_RUN_OWNED');
    await here.close();
    const resumed = await there.resume(run.id);
    await resumed.cancel();
  });

  it('refuses a unit it does not know', async () => {
    const { open } = sharedStore();
    await using here = open();
    const run = await here.start(hang, {});
    await here.close();
    await using there = open();
    expect((await rejection(there.resume(run.id))).code).toBe('AIWORK_FLOW_NOT_REGISTERED');
  });

  it('goes on with changed code as long as finished steps are the same', async () => {
    const { open } = sharedStore();
    await using here = open();
    const run = await here.start(hang, {});
    await untilEvent(run, (event) => event.type === 'step.started' && event.stepId === 'b');
    await here.close();
    const fixed = flowOf((f) => {
      const a = f.step('a', { run: () => 'never again' });
      const extra = f.step('extra', { run: () => 'extra' });
      return f.step('b', { needs: { a, extra }, run: ({ a, extra }) => [a, extra] });
    }, 'hang');
    await using there = open({ units: [fixed] });
    expect(await (await there.resume(run.id)).result()).toEqual(['a', 'extra']);
  });

  it('refuses changed code in which a finished step is gone or different, and can then still be run by the old version', async () => {
    const { open } = sharedStore();
    await using here = open();
    const run = await here.start(hang, {});
    await untilEvent(run, (event) => event.type === 'step.started' && event.stepId === 'b');
    await here.close();
    const changed = defineFlow({ id: 'hang', version: '2', input: z.unknown() }, (f) =>
      f.step('b', { run: () => 'b' }),
    );
    await using there = open({ units: [changed] });
    const error = await rejection(there.resume(run.id));
    expect(error.code).toBe('AIWORK_FLOW_CHANGED');
    expect(error.message).toContain('finished steps "a" are different or gone');
    await using both = open({ units: [hang, changed] });
    await (await both.resume(run.id)).cancel('pinned to its version');
    expect((await both.get(run.id))?.status).toBe('cancelled');
  });
});

describe('rerun', () => {
  const calls: string[] = [];
  const flow = flowOf((f) => {
    const a = f.step('a', { run: () => void calls.push('a') });
    const b = f.step('b', { needs: { a }, run: () => void calls.push('b') });
    const c = f.step('c', { run: () => void calls.push('c') });
    return f.step('d', { needs: { b, c }, run: () => calls.push('d') });
  });

  it('from a step keeps what does not depend on it', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(flow, {});
    await run.result();
    calls.length = 0;
    const again = await ai.rerun(run.id, { from: 'b' });
    await again.result();
    expect(calls).toEqual(['b', 'd']);
    expect(await ai.get(again.id)).toMatchObject({ rerunOf: run.id, status: 'succeeded' });
  });

  it('from a step runs neither the losers of a race again nor a failure that was taken', async () => {
    await using ai = createOrchestrator();
    const ran: string[] = [];
    const raced = flowOf((f) => {
      const fast = f.step('fast', { run: () => 'fast' });
      const before = f.step('before', { run: (_, { signal }) => untilAborted(signal) });
      const slow = f.step('slow', { needs: { before }, run: () => ran.push('slow') });
      const bad = f.step('bad', {
        run: () => {
          ran.push('bad');
          throw new Error('bad');
        },
      });
      const race = f.race('race', { needs: { fast, slow } });
      const tidy = f.settle('tidy', { needs: { bad }, run: ({ bad }) => bad.status });
      return f.step('last', { needs: { race, tidy }, run: ({ race, tidy }) => `${race} ${tidy}` });
    }, 'raced');
    const run = await ai.start(raced, {});
    await run.result();
    const again = await ai.rerun(run.id, { from: 'last' });
    expect(await again.result()).toBe('fast failed');
    expect(ran).toEqual(['bad']);
    expect((await story(again)).filter((line) => line.startsWith('step.started'))).toEqual([
      'step.started last',
    ]);
  });

  it('from nothing runs all', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(flow, {});
    await run.result();
    calls.length = 0;
    await (await ai.rerun(run.id)).result();
    expect([...calls].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has the tags of the run it repeats, and its own', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(flow, {}, { tags: ['nightly'] });
    await run.result();
    const again = await ai.rerun(run.id, { runId: 'again', tags: ['by hand', 'nightly'] });
    expect(await ai.get(again.id)).toMatchObject({ id: 'again', tags: ['nightly', 'by hand'] });
  });

  it('names the steps when there is no such one', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(flow, {});
    await run.result();
    const error = await rejection(ai.rerun(run.id, { from: 'bb' }));
    expect(error.message).toBe('flow "flow" has no step "bb"; its steps are "a", "b", "c", "d"');
  });
});

describe('cancel', () => {
  it('reaches a run that another process works on', async () => {
    const { open } = sharedStore();
    await using here = open();
    await using there = open();
    const run = await here.start(hang, {});
    await there.cancel(run.id, 'from afar');
    expect((await rejection(run.result())).message).toBe('from afar');
  });

  it('of a run nobody works on does its undos', async () => {
    const { open, expireLeases } = sharedStore();
    const undone: string[] = [];
    const flow = flowOf((f) => {
      const a = f.step('a', { run: () => 1, undo: () => void undone.push('a') });
      return f.waitFor('w', { needs: { a }, payload: z.unknown() });
    });
    await using here = open();
    const run = await here.start(flow, {});
    await untilEvent(run, (event) => event.type === 'step.waiting');
    await here.close();
    expireLeases();
    await using there = open({ units: [flow] });
    await there.cancel(run.id);
    expect(undone).toEqual(['a']);
    expect((await there.get(run.id))?.status).toBe('cancelled');
  });
});

describe('prune', () => {
  it('leaves other work its turn while it deletes many', async () => {
    await using ai = createOrchestrator();
    await Promise.all(Array.from({ length: 1000 }, async () => (await ai.start(echo, 1)).result()));
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const pruned = await ai.prune(new Date(Date.now() + 60_000));
    isOver = true;
    expect(pruned).toBe(1000);
    // One for each batch, whose size is at most 250.
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  it('deletes finished runs with their payloads, and keeps the others', async () => {
    const clock = virtualClock();
    await using ai = createOrchestrator({ clock, retention: '1d' });
    const old = await ai.start(echo, 'x'.repeat(100_000));
    await old.result();
    const hanging = await ai.start(hang, {});
    await clock.advance(2 * 86_400_000);
    const fresh = await ai.start(echo, 1);
    await fresh.result();
    expect(await ai.prune()).toBe(1);
    expect(await ai.get(old.id)).toBeUndefined();
    expect(await ai.use('payloadStore').get(old.id, 'any')).toBeUndefined();
    expect((await ai.list()).items.map((record) => record.id).sort()).toEqual([hanging.id, fresh.id].sort());
    await hanging.cancel();
  });
});

describe('close', () => {
  it('stops work so that it can go on elsewhere, keeping what finishes meanwhile', async () => {
    const { open } = sharedStore();
    const flow = flowOf((f) => {
      const a = f.step('a', {
        run: async (_, { signal }) => {
          await untilAborted(signal).catch(() => {});
          return 'finished in time';
        },
      });
      return f.step('b', { needs: { a }, run: ({ a }) => a });
    });
    const here = open();
    const run = await here.start(flow, {});
    await untilEvent(run, (event) => event.type === 'step.started');
    await here.close();
    expect((await rejection(run.result())).code).toBe('AIWORK_CLOSED');
    await using there = open({ units: [flow] });
    expect((await there.get(run.id))?.status).toBe('running');
    const resumed = await there.resume(run.id);
    expect(await resumed.result()).toBe('finished in time');
    expect((await story(resumed)).filter((line) => line === 'step.started a')).toHaveLength(1);
  });

  it('can be done twice, and refuses everything after', async () => {
    const ai = createOrchestrator();
    await runIt(
      ai,
      flowOf((f) => f.input),
    );
    await ai.close();
    await ai.close();
    expect((await rejection(ai.start(echo, 1))).code).toBe('AIWORK_CLOSED');
    expect((await rejection(ai.list())).code).toBe('AIWORK_CLOSED');
  });
});

describe('plugins', () => {
  it('are set up in order, hear events, and are disposed of in reverse', async () => {
    const told: string[] = [];
    const make = (name: string) =>
      definePlugin({
        name,
        setup(host) {
          told.push(`setup ${name}`);
          host.on('run.finished', (event) => told.push(`${name} ${event.status}`));
          return { [Symbol.asyncDispose]: async () => void told.push(`dispose ${name}`) };
        },
      })();
    const ai = createOrchestrator({ plugins: [make('a'), make('b')] });
    await (await ai.start(echo, 1)).result();
    await ai.close();
    expect(told).toEqual(['setup a', 'setup b', 'a succeeded', 'b succeeded', 'dispose b', 'dispose a']);
  });

  it('that fail name themselves, and what was set up is disposed of', async () => {
    let disposed = false;
    const good = definePlugin({
      name: 'good',
      setup: () => ({
        [Symbol.asyncDispose]: async () => {
          disposed = true;
        },
      }),
    });
    const bad = definePlugin({
      name: 'bad',
      setup() {
        throw new Error('no connection');
      },
    });
    await using ai = createOrchestrator({ plugins: [good(), bad()] });
    const error = await rejection(ai.start(echo, 1));
    expect(error).toMatchObject({
      code: 'AIWORK_PLUGIN_SETUP',
      message: 'plugin "bad" could not be set up: no connection',
    });
    expect(disposed).toBe(true);
  });

  it('have to be made by definePlugin, and called', async () => {
    const factory = definePlugin({ name: 'f', setup() {} });
    await using uncalled = createOrchestrator({ plugins: [factory as never] });
    expect((await rejection(uncalled.start(echo, 1))).message).toMatch(
      /a function: call it with its options/,
    );
    await using foreign = createOrchestrator({ plugins: [{ name: 'x' } as never] });
    expect((await rejection(foreign.start(echo, 1))).code).toBe('AIWORK_PLUGIN_INVALID');
  });

  it('whose options do not fit are refused where they are given', () => {
    const strict = definePlugin({ name: 'strict', options: z.object({ url: z.string() }), setup() {} });
    expect(() => strict({ url: 1 } as never)).toThrow(/the options of plugin "strict" is invalid: url/);
  });

  it('are refused when what describes their options is no schema', () => {
    const json = { type: 'object' } as never;
    expect(() => definePlugin({ name: 'json', options: json, setup() {} })).toThrow(
      /options of plugin "json" is not a Standard Schema/,
    );
  });

  it('are not mixed up with units that are undefined', async () => {
    await using ai = createOrchestrator();
    expect((await rejection(ai.start(undefined as never, 1))).message).toMatch(/^undefined is not a unit/);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('listener');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('listener'))],
  ])('cannot harm a run by a listener that %s', async (_, listener) => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const nosy = definePlugin({
      name: 'nosy',
      setup(host) {
        host.on('run.finished', listener);
      },
    });
    await using ai = createOrchestrator({ plugins: [nosy()] });
    expect(await (await ai.start(echo, 1)).result()).toBe(1);
    expect((await warned).message).toContain('a listener for run.finished threw: listener');
  });
});

describe('units', () => {
  it('of one id and version are refused', () => {
    const again = defineTask({ id: 'echo', input: z.unknown(), run: () => 2 });
    expect(() => createOrchestrator({ units: [echo, again] })).toThrow(
      'two units are called "echo" in version "1"',
    );
  });
});
