// Runs in a process of its own: serves a run that others watch.
import { setTimeout as delay } from 'node:timers/promises';
import { createOrchestrator, defineFlow, type Step } from '@aiwork/core';
import { createServer } from '@aiwork/server';
import { z } from 'zod';

const pauseMs = 50;
const steps = 40;

/** Begins when it is told to, and has two events for each step. */
const watched = defineFlow({ id: 'watched', input: z.unknown() }, (f) => {
  const go = f.waitFor('go', { payload: z.number() });
  let at: Step<number> = f.step('s1', { needs: { go }, run: ({ go }) => delay(pauseMs, go) });
  for (let i = 2; i <= steps; i += 1) {
    const before = at;
    at = f.step(`s${i}`, { needs: { before }, run: ({ before }) => delay(pauseMs, before + 1) });
  }
  return at;
});

const orchestrator = createOrchestrator({ units: [watched] });

export async function serve(): Promise<string> {
  const server = await createServer({ orchestrator, units: [watched] });
  return server.listen();
}

/** A run that waits for {@link go}. */
export async function start(): Promise<string> {
  return (await orchestrator.start(watched, undefined)).id;
}

/** Lets a run begin. */
export async function go(runId: string): Promise<void> {
  await orchestrator.signal(runId, 'go', 1);
}

/** Processor time so far, of all threads, in microseconds. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
