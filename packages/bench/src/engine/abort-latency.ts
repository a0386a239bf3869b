// Runs in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  type AnyUnit,
  type ChatModel,
  createOrchestrator,
  defineAgent,
  defineFlow,
  defineTask,
  defineTool,
  type RunContext,
} from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { z } from 'zod';

/** Tells when the code is being worked on, and when it has noticed the abort. */
interface Probe {
  reached(): void;
  stopped(): void;
}

function untilAborted(signal: AbortSignal, { reached, stopped }: Probe): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      stopped();
      reject(signal.reason);
    });
    reached();
  });
}

const slowModel = (probe: Probe): ChatModel => ({
  id: 'slow',
  // biome-ignore lint/correctness/useYield: it is silent until it is told to stop
  async *stream(_, { signal }) {
    await untilAborted(signal, probe);
  },
});

function toolOfAgent(probe: Probe): AnyUnit {
  const tool = defineTool({
    name: 'wait',
    description: 'Waits.',
    input: z.object({}),
    run: (_, { signal }) => untilAborted(signal, probe),
  });
  const model = scriptedChatModel([{ toolCalls: [{ name: 'wait', input: {} }] }, 'never said']);
  return defineAgent({ id: 'agent', instructions: 'Wait.', model, tools: [tool] });
}

/** A program that runs until it is killed; noticed is when it is gone. */
async function childProcess(
  { signal }: Pick<RunContext, 'signal'>,
  { reached, stopped }: Probe,
): Promise<void> {
  const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    signal,
  });
  child.on('error', () => {});
  const gone = once(child, 'exit').catch(() => {});
  await once(child.stdout, 'data');
  reached();
  await gone;
  stopped();
  signal.throwIfAborted();
}

const task = (run: (ctx: RunContext) => Promise<unknown>) =>
  defineTask({ id: 'task', input: z.string(), run: (_, ctx) => run(ctx) });

const inFlow = (id: string, unit: AnyUnit) =>
  defineFlow({ id, input: z.string() }, (f) => f.call('inner', unit, f.input.$));

/** What a run is inside of when it is cancelled. */
const places: Record<string, (probe: Probe) => AnyUnit> = {
  'a step': (probe) => task(({ signal }) => untilAborted(signal, probe)),
  "an agent's tool": toolOfAgent,
  "an agent's model call": (probe) =>
    defineAgent({ id: 'agent', instructions: 'Wait.', model: slowModel(probe) }),
  'a sub-flow of a sub-flow': (probe) =>
    inFlow(
      'outer',
      inFlow(
        'middle',
        task(({ signal }) => untilAborted(signal, probe)),
      ),
    ),
  'a child process': (probe) => task((ctx) => childProcess(ctx, probe)),
};

export const placeNames = (): string[] => Object.keys(places);

/** Milliseconds from `cancel()` until the code has noticed, and until the run is over. */
export async function cancelIn(place: string): Promise<{ noticedMs: number; overMs: number }> {
  const reached = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<number>();
  const unit = places[place]?.({
    reached: reached.resolve,
    stopped: () => stopped.resolve(performance.now()),
  });
  await using ai = createOrchestrator();
  const run = await ai.start(unit as AnyUnit, 'go');
  await reached.promise;
  const start = performance.now();
  await run.cancel('enough');
  const overMs = performance.now() - start;
  if ((await run.status()) !== 'cancelled')
    throw new Error(`cancelled in ${place}, the run is ${await run.status()}`);
  return { noticedMs: (await stopped.promise) - start, overMs };
}
