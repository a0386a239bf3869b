// Runs in a process of its own: serves runs that others watch.
import { setTimeout as delay } from 'node:timers/promises';
import { type ChatModel, createOrchestrator, defineAgent, defineFlow, type Step } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { createServer } from '@aiwork/server';
import { z } from 'zod';

/** What can be watched: steps one after the other, or an agent whose model writes. */
export type Watched = 'steps' | 'tokens';

const stepsPerSecond = 20;
const tokensPerSecond = 50;

let orchestrator: ReturnType<typeof createOrchestrator>;
let units: ReturnType<typeof watchedFor>;
/** Of the model that writes: it was asked, and it may begin. */
let asked = Promise.withResolvers<void>();
let begun = Promise.withResolvers<void>();

function watchedFor(seconds: number) {
  const pauseMs = 1000 / stepsPerSecond;
  /** Has two events for each step. */
  const steps = defineFlow({ id: 'steps', input: z.string() }, (f) => {
    const go = f.waitFor('go', { payload: z.number() });
    let at: Step<number> = f.step('s1', { needs: { go }, run: ({ go }) => delay(pauseMs, go) });
    for (let i = 2; i <= stepsPerSecond * seconds; i += 1) {
      const before = at;
      at = f.step(`s${i}`, { needs: { before }, run: ({ before }) => delay(pauseMs, before + 1) });
    }
    return at;
  });
  const tokens = defineAgent({
    id: 'tokens',
    model: typist(tokensPerSecond * seconds),
    instructions: 'Write.',
  });
  return { steps, tokens };
}

/** A model that writes so many tokens, and waits for {@link go} before. */
function typist(count: number): ChatModel {
  return {
    ...scriptedChatModel([]),
    async *stream(...request) {
      asked.resolve();
      await begun.promise;
      const script = scriptedChatModel(['word '.repeat(count)], {
        chunkLength: 5,
        delayMs: 1000 / tokensPerSecond,
      });
      yield* script.stream(...request);
    },
  };
}

/** Serves runs of so many seconds. */
export async function serve(seconds: number, maxEventDelayMs?: number): Promise<string> {
  units = watchedFor(seconds);
  const served = Object.values(units);
  orchestrator = createOrchestrator({ units: served });
  const late = maxEventDelayMs === undefined ? {} : { maxEventDelayMs };
  return (await createServer({ orchestrator, units: served, ...late })).listen();
}

/** A run that waits for {@link go}. */
export async function start(watched: Watched): Promise<string> {
  asked = Promise.withResolvers();
  begun = Promise.withResolvers();
  if (watched === 'tokens') {
    const { id } = await orchestrator.start(units.tokens, 'any');
    await asked.promise;
    return id;
  }
  const run = await orchestrator.start(units.steps, 'any');
  for await (const { type } of run) if (type === 'step.waiting') break;
  return run.id;
}

/** Lets a run begin. */
export async function go(watched: Watched, runId: string): Promise<void> {
  if (watched === 'tokens') begun.resolve();
  else await orchestrator.signal(runId, 'go', 1);
}

/** Processor time so far, of all threads, in microseconds. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
