import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { add, calls } from '../agent/agent.fixture.ts';
import { createMemoryTaskQueue } from '../embedded/memory-task-queue.ts';
import { createOrchestrator } from '../orchestrator.ts';
import { definePlugin } from '../plugin.ts';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { defineAgent } from '../units/agent.ts';
import { defineTask } from '../units/task.ts';
import {
  echo,
  eventsOf,
  flowOf,
  gate,
  lastingStore,
  rejection,
  runIt,
  untilAborted,
} from './engine.fixture.ts';
import { recorder } from './telemetry.fixture.ts';

const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=b' };

afterEach(() => vi.restoreAllMocks());

describe('telemetry', () => {
  it('has the code of a step run as a part of its attempt, and that of the run', async () => {
    const { plugin, spans, parents, active } = recorder();
    const seen: (string | undefined)[] = [];
    const look = async () => {
      seen.push(active());
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(active());
    };
    const flow = flowOf((f) => {
      const quick = f.step('quick', { run: look });
      return f.step('careful', { needs: { quick }, run: look, retry: { maxAttempts: 2 } });
    });
    await using ai = createOrchestrator({ plugins: [plugin] });
    await runIt(ai, flow);
    expect(seen).toEqual(['attempt quick 1', 'attempt quick 1', 'attempt careful 1', 'attempt careful 1']);
    expect(parents()).toEqual({
      'run flow': undefined,
      'attempt quick 1': 'run flow',
      'attempt careful 1': 'run flow',
    });
    expect(spans.map(({ end }) => end)).toEqual([
      { status: 'succeeded', output: undefined },
      { status: 'succeeded', output: undefined },
      { status: 'succeeded', output: undefined },
    ]);
  });

  it('tells each attempt, and why it failed', async () => {
    const { plugin, spans } = recorder();
    let tries = 0;
    const flaky = defineTask({
      id: 'flaky',
      input: z.unknown(),
      retry: { maxAttempts: 2, minDelay: 1 },
      run: () => {
        tries += 1;
        if (tries === 1) throw new Error('not yet');
        return 'done';
      },
    });
    await using ai = createOrchestrator({ plugins: [plugin] });
    await runIt(ai, flaky);
    expect(spans).toMatchObject([
      { name: 'run flaky', end: { status: 'succeeded', output: 'done' } },
      {
        name: 'attempt flaky 1',
        work: { attempt: 1, unit: { kind: 'task', id: 'flaky' } },
        end: { status: 'failed', error: { message: 'not yet' } },
      },
      { name: 'attempt flaky 2', end: { status: 'succeeded', output: 'done' } },
    ]);
  });

  it('knows parts, sub-flows, items, model calls and tool calls as parts of what calls them', async () => {
    const { plugin, ofName, parents } = recorder();
    const inner = flowOf((f) => f.step('deep', { run: () => 1 }), 'inner');
    const agent = defineAgent({
      id: 'ask',
      instructions: 'Add.',
      model: scriptedChatModel([calls({ add: { a: 1, b: 2 } }), '3'], { id: 'm' }),
      tools: [add],
    });
    const flow = flowOf((f) => {
      const sub = f.call('sub', inner, {});
      const items = f.map('items', echo, { needs: { sub }, over: () => [1] });
      const part = f.step('part', { needs: { items }, run: (_, ctx) => ctx.run(echo, 1) });
      return f.call('ask', agent, 'What is 1 + 2?', { needs: { part } });
    });
    await using ai = createOrchestrator({ plugins: [plugin] });
    await runIt(ai, flow);
    expect(parents()).toMatchObject({
      'run inner': 'attempt sub 1',
      'attempt deep 1': 'run inner',
      'attempt items[0] 1': 'attempt items 1',
      'attempt part/echo 1': 'attempt part 1',
      'model m': 'attempt ask 1',
      'attempt ask/1.1-add 1': 'attempt ask 1',
    });
    expect(ofName('attempt ask/1.1-add 1')).toMatchObject({
      work: { unit: { kind: 'tool', id: 'add' }, input: { a: 1, b: 2 } },
      end: { status: 'succeeded', output: 3 },
    });
    expect(ofName('model m')).toMatchObject({
      work: { agent: 'ask', model: 'm', request: { messages: [{ role: 'system' }, { role: 'user' }] } },
      end: { status: 'succeeded', output: { toolCalls: [{ name: 'add' }] } },
    });
  });

  it('sees every event in order, the end of the run included', async () => {
    const { plugin, events } = recorder();
    await using ai = createOrchestrator({ plugins: [plugin] });
    const run = await ai.start(echo, 1);
    expect(await eventsOf(run)).toEqual(events);
    expect(events.at(-1)?.type).toBe('run.finished');
  });

  it('has a run be a part of what its start is told, and keeps that for whoever goes on with it', async () => {
    const first = recorder();
    const second = recorder();
    const { open } = lastingStore();
    const { opened, open: go } = gate();
    const flow = flowOf((f) => {
      const before = f.step('before', { run: () => 1 });
      return f.step('after', {
        needs: { before },
        run: async (_, { signal }) => {
          go();
          await untilAborted(signal);
        },
      });
    });
    const ai = open({ plugins: [first.plugin] });
    const run = await ai.start(flow, {}, { trace, runId: 'r' });
    await opened;
    expect((await ai.get('r'))?.trace).toEqual(trace);
    await ai.close();
    await rejection(run.result());
    expect(first.ofName('run flow')).toMatchObject({ parent: trace.traceparent, end: { status: 'left' } });
    expect(first.ofName('attempt after 1')).toMatchObject({ end: { status: 'left' } });

    const calm = flowOf((f) => {
      const before = f.step('before', { run: () => 1 });
      return f.step('after', { needs: { before }, run: () => 2 });
    });
    await using next = open({ plugins: [second.plugin], units: [calm] });
    const resumed = await next.resume('r');
    await resumed.result();
    const started = (await eventsOf(resumed))[0];
    expect(second.ofName('run flow')).toMatchObject({
      work: { resumed: true },
      parent: started?.type === 'run.started' && started.trace?.traceparent,
    });
    expect(second.parents()).not.toHaveProperty('attempt before 1');
  });

  it('goes with work that a queue takes to another process', async () => {
    const here = recorder();
    const there = recorder();
    const { store } = lastingStore();
    await using queue = createMemoryTaskQueue();
    const storage = definePlugin({
      name: 'storage',
      setup(host) {
        host.provide('runStore', store);
        host.provide('queue', { ...queue });
      },
    })();
    const away = defineTask({ id: 'away', queue: 'q', input: z.number(), run: (n) => n + 1 });
    const flow = flowOf((f) => f.call('far', away, 1));
    await using worker = createOrchestrator({ plugins: [storage, there.plugin], units: [away] });
    await using _ = await worker.worker({ queues: ['q'] });
    await using ai = createOrchestrator({ plugins: [storage, here.plugin] });
    const run = await ai.start(flow, {}, { runId: 'r' });
    expect(await run.result()).toBe(2);
    const sent = (await ai.list({ unitId: 'away' })).items[0];
    expect(there.ofName('run away')).toMatchObject({
      work: { queue: 'q' },
      parent: sent?.trace?.traceparent,
    });
    expect(here.nameOf(sent?.trace)).toBe('attempt far 1');
  });

  it('is not needed to carry a trace along', async () => {
    const inner = flowOf((f) => f.step('deep', { run: () => 1 }), 'inner');
    await using ai = createOrchestrator();
    const run = await ai.start(
      flowOf((f) => f.call('sub', inner, {})),
      {},
      { trace },
    );
    expect((await eventsOf(run))[0]).toMatchObject({ type: 'run.started', trace });
    expect((await ai.list({ unitId: 'inner' })).items).toMatchObject([{ trace }]);
  });

  it('is not told of a trace that is none', async () => {
    await using ai = createOrchestrator();
    const error = await rejection(ai.start(echo, 1, { trace: { traceparent: '00-1-2-01' } }));
    expect(error).toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringContaining('"00-1-2-01"'),
    });
  });

  it('harms no run, and says once that it threw', async () => {
    const fail = () => {
      throw new Error('broken');
    };
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const within = () => ({ trace: { traceparent: '' }, within: fail, end: fail });
    for (const changed of [
      { run: fail, attempt: fail },
      { run: within, attempt: within },
    ]) {
      warn.mockClear();
      const { plugin } = recorder(changed);
      await using ai = createOrchestrator({ plugins: [plugin] });
      let called = 0;
      const flow = flowOf((f) => {
        const count = () => {
          called += 1;
        };
        const one = f.step('one', { run: count });
        return f.step('two', { needs: { one }, run: () => 2, retry: { maxAttempts: 2 } });
      });
      expect(await runIt(ai, flow)).toBe(2);
      expect(called).toBe(1);
      expect(warn.mock.calls).toEqual([['@aiwork/core: telemetry threw: broken', 'AiworkWarning']]);
    }
  });

  it('gives what code throws as it is thrown', async () => {
    const { plugin, ofName } = recorder();
    await using ai = createOrchestrator({ plugins: [plugin] });
    const thrown = new RangeError('too far');
    const flow = flowOf((f) =>
      f.step('bad', {
        run: () => {
          throw thrown;
        },
      }),
    );
    expect((await rejection(runIt(ai, flow))).cause).toBe(thrown);
    expect(ofName('attempt bad 1')).toMatchObject({
      end: { status: 'failed', error: { name: 'RangeError' } },
    });
    expect(ofName('run flow')).toMatchObject({ end: { status: 'failed' } });
  });

  it('tells a cancelled run from one that failed', async () => {
    const { plugin, ofName } = recorder();
    await using ai = createOrchestrator({ plugins: [plugin] });
    const { opened, open: go } = gate();
    const run = await ai.start(
      flowOf((f) =>
        f.step('slow', {
          run: (_, { signal }) => {
            go();
            return untilAborted(signal);
          },
        }),
      ),
      {},
    );
    await opened;
    await run.cancel();
    expect(ofName('attempt slow 1')).toMatchObject({ end: { status: 'cancelled' } });
    expect(ofName('run flow')).toMatchObject({ end: { status: 'cancelled' } });
  });
});
