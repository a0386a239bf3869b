import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOrchestrator } from '../orchestrator.ts';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { defineAgent } from '../units/agent.ts';
import { defineFlow } from '../units/define-flow.ts';
import {
  echo,
  flowOf,
  gate,
  lastingStore,
  rejection,
  runIt,
  untilAborted,
  untilEvent,
} from './engine.fixture.ts';

/** Hangs the first time, and counts how often it is undone. */
function fragile() {
  const counts = { hung: 0, undone: 0 };
  const inner = flowOf((f) => {
    const first = f.step('first', { run: () => 1, undo: () => void counts.undone++ });
    return f.step('second', {
      needs: { first },
      run: async (_, { signal }) => {
        counts.hung += 1;
        if (counts.hung === 1) await untilAborted(signal);
        return 'done';
      },
    });
  }, 'inner');
  return { counts, inner, outer: flowOf((f) => f.call('sub', inner, {}), 'outer') };
}

const second = (event: { type: string; stepId?: string }) =>
  event.type === 'step.started' && event.stepId === 'second';

describe('a sub-flow', () => {
  it('is left when its parent is, and goes on with it', async () => {
    const { store, open } = lastingStore();
    const { counts, outer } = fragile();
    const here = open();
    const run = await here.start(outer, {}, { runId: 'r' });
    await untilEvent(run, (event) => event.type === 'step.started');
    await untilEvent((await until(() => here.open('r.sub'))) as typeof run, second);
    await here.close();
    expect((await store.getRun('r.sub'))?.status).toBe('running');
    await using there = open({ units: [outer] });
    expect(await (await there.resume('r')).result()).toBe('done');
    expect(counts).toEqual({ hung: 2, undone: 0 });
  });

  it('is left, too, when its parent loses its lease', async () => {
    let time = 0;
    const { store, open } = lastingStore(() => time);
    const { counts, outer } = fragile();
    await using here = open({ leaseTtl: '1s' });
    const run = await here.start(outer, {}, { runId: 'r' });
    await untilEvent((await until(() => here.open('r.sub'))) as typeof run, second);
    time += 5000;
    expect(await store.lease('r', 'somebody else', 1000)).toBe(true);
    expect((await rejection(run.result())).code).toBe('AIWORK_LEASE_LOST');
    await until(async () => ((await store.due(time, 9)).includes('r.sub') ? true : Promise.reject()));
    time += 5000;
    await using there = open({ units: [outer] });
    expect(await (await there.resume('r')).result()).toBe('done');
    expect(counts).toEqual({ hung: 2, undone: 0 });
  });

  it('is cancelled and undone with its parent although the process of both is gone', async () => {
    const { store, open } = lastingStore();
    const { counts, outer } = fragile();
    const here = open();
    const run = await here.start(outer, {}, { runId: 'r' });
    await untilEvent((await until(() => here.open('r.sub'))) as typeof run, second);
    await here.close();
    await using there = open({ units: [outer] });
    await there.cancel('r');
    expect((await store.getRun('r.sub'))?.status).toBe('cancelled');
    expect(counts).toEqual({ hung: 1, undone: 1 });
  });

  it('that lost a race is over before its parent is, also when that is left meanwhile', async () => {
    const { store, open } = lastingStore();
    const undoing = gate();
    let undos = 0;
    const loser = flowOf((f) => {
      const first = f.step('first', {
        run: () => 1,
        undo: async (_, { signal }) => {
          undos += 1;
          undoing.open();
          if (undos === 1) await untilAborted(signal);
        },
      });
      return f.step('second', { needs: { first }, run: (_, { signal }) => untilAborted(signal) });
    }, 'loser');
    const started = gate();
    const raced = flowOf((f) => {
      const a = f.step('a', { run: () => started.opened });
      const b = f.call('b', loser, {});
      return f.race('r', { needs: { a, b } });
    }, 'raced');
    const here = open();
    await here.start(raced, {}, { runId: 'r' });
    await untilEvent((await until(() => here.open('r.b'))) as never, second);
    started.open();
    await undoing.opened;
    await here.close();
    expect((await store.getRun('r'))?.status).toBe('running');
    await using there = open({ units: [raced] });
    await (await there.resume('r')).result();
    expect((await store.getRun('r.b'))?.status).toBe('cancelled');
    expect(undos).toBe(2);
  });

  it('never takes a run of the same id for its own', async () => {
    await using ai = createOrchestrator();
    await (await ai.start(echo, 'mine', { runId: 'r.sub' })).result();
    const run = await ai.start(
      flowOf(
        (f) =>
          f.call(
            'sub',
            flowOf((g) => g.step('a', { run: () => 'its own' }), 'inner'),
            {},
          ),
        'outer',
      ),
      {},
      { runId: 'r' },
    );
    expect((await rejection(run.result())).message).toContain('there is another run of that id');
  });

  it('may be as deep as ids are long', async () => {
    await using ai = createOrchestrator();
    let flow = flowOf((f) => f.step('a', { run: () => 'deep' }), 'f0');
    const long = '👩‍🚀'.repeat(40);
    for (let i = 1; i <= 5; i++) {
      const inner = flow;
      flow = flowOf((f) => f.call(long, inner, {}), `f${i}`);
    }
    expect(await runIt(ai, flow)).toBe('deep');
  });

  it('that shares a concurrency limit with its parent does not wait for it after a resume either', async () => {
    const { open } = lastingStore();
    const concurrency = { limit: 1, key: 'one' };
    const started = gate();
    let tries = 0;
    const inner = defineFlow({ id: 'inner', input: z.unknown(), concurrency }, (f) =>
      f.step('a', {
        run: async (_, { signal }) => {
          started.open();
          tries += 1;
          if (tries === 1) await untilAborted(signal);
          return 'through';
        },
      }),
    );
    const outer = defineFlow({ id: 'outer', input: z.unknown(), concurrency }, (f) =>
      f.call('sub', inner, {}),
    );
    const here = open();
    await here.start(outer, {}, { runId: 'r' });
    await started.opened;
    await here.close();
    await using there = open({ units: [outer] });
    expect(await (await there.resume('r')).result()).toBe('through');
  });
});

describe('what a failed sub-flow used', () => {
  const reply = { text: 'hi', usage: { inputTokens: 60, outputTokens: 0 } };
  const model = scriptedChatModel([reply, reply, reply]);
  const agent = defineAgent({ id: 'agent', instructions: 'greet', model });
  const inner = defineFlow({ id: 'inner', input: z.string() }, (f) => {
    const said = f.call('say', agent, f.input.$);
    return f.step('fail', {
      needs: { said },
      run: () => {
        throw new Error('after all');
      },
    });
  });

  it('counts against the budget of its parent, also in the journal', async () => {
    await using ai = createOrchestrator();
    const flow = defineFlow({ id: 'outer', input: z.string() }, (f) =>
      f.call('sub', inner, f.input.$, { retry: { maxAttempts: 5, minDelay: 0 } }),
    );
    const run = await ai.start(flow, 'hello', { budget: { tokens: 100 } });
    await rejection(run.result());
    const used: number[] = [];
    for await (const event of run) if (event.type === 'child.used') used.push(event.tokens);
    expect(used).toEqual([60, 60]);
  });
});

async function until<T>(look: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await look();
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
