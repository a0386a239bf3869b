import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ChatModel } from '../adapters/chat-model.ts';
import { createOrchestrator } from '../orchestrator.ts';
import type { Run } from '../run.ts';
import { scriptedChatModel } from '../testing/index.ts';
import { defineAgent } from '../units/agent.ts';
import { defineFlow } from '../units/define-flow.ts';
import type { RunContext } from '../units/run-context.ts';
import { defineTool } from '../units/tool.ts';
import { flowOf, gate, rejection, untilAborted } from './engine.fixture.ts';

const boundMs = 50;

/** Code that says when it is at work, and when it has noticed that it should stop. */
function probe() {
  const started = gate();
  let noticedAt = 0;
  return {
    started: started.opened,
    noticedAt: () => noticedAt,
    work: async (signal: AbortSignal): Promise<never> => {
      started.open();
      try {
        return await untilAborted(signal);
      } finally {
        noticedAt = performance.now();
      }
    },
  };
}

async function latencyOf(
  run: Run<unknown>,
  { started, noticedAt }: Pick<ReturnType<typeof probe>, 'started' | 'noticedAt'>,
): Promise<number> {
  await started;
  const asked = performance.now();
  await run.cancel('stop');
  await rejection(run.result());
  return noticedAt() - asked;
}

describe('a cancellation reaches', { retry: 2 }, () => {
  it('the code of a step', async () => {
    await using ai = createOrchestrator();
    const at = probe();
    const run = await ai.start(
      flowOf((f) => f.step('a', { run: (_, ctx) => at.work(ctx.signal) })),
      {},
    );
    expect(await latencyOf(run, at)).toBeLessThan(boundMs);
  });

  it('a tool an agent called', async () => {
    await using ai = createOrchestrator();
    const at = probe();
    const tool = defineTool({
      name: 'slow',
      description: 'Takes its time.',
      input: z.object({}),
      run: (_: unknown, ctx: RunContext) => at.work(ctx.signal),
    });
    const model = scriptedChatModel([{ toolCalls: [{ id: '1', name: 'slow', input: {} }] }]);
    const run = await ai.start(defineAgent({ id: 'a', instructions: 'x', model, tools: [tool] }), 'go');
    expect(await latencyOf(run, at)).toBeLessThan(boundMs);
  });

  it('a model call', async () => {
    await using ai = createOrchestrator();
    const at = probe();
    const model: ChatModel = {
      id: 'slow',
      async *stream(_, { signal }) {
        yield { type: 'text', text: 'thinking' };
        await at.work(signal);
      },
    };
    const run = await ai.start(defineAgent({ id: 'a', instructions: 'x', model }), 'go');
    expect(await latencyOf(run, at)).toBeLessThan(boundMs);
  });

  it('a step of a sub-flow in a sub-flow', async () => {
    await using ai = createOrchestrator();
    const at = probe();
    const inner = defineFlow({ id: 'inner', input: z.unknown() }, (f) =>
      f.step('a', { run: (_, ctx) => at.work(ctx.signal) }),
    );
    const middle = defineFlow({ id: 'middle', input: z.unknown() }, (f) => f.call('sub', inner, 1));
    const run = await ai.start(
      flowOf((f) => f.call('sub', middle, 1)),
      {},
    );
    expect(await latencyOf(run, at)).toBeLessThan(boundMs);
  });

  it('a child process given the signal', async () => {
    await using ai = createOrchestrator();
    const started = gate();
    let noticedAt = 0;
    const flow = flowOf((f) =>
      f.step('a', {
        run: async (_, { signal }) => {
          const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
            signal,
            stdio: 'ignore',
          });
          child.on('error', () => {});
          await once(child, 'spawn');
          started.open();
          await once(child, 'exit');
          noticedAt = performance.now();
          signal.throwIfAborted();
        },
      }),
    );
    const run = await ai.start(flow, {});
    expect(await latencyOf(run, { started: started.opened, noticedAt: () => noticedAt })).toBeLessThan(
      boundMs,
    );
  });
});
