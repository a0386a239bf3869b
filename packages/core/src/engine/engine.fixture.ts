import { z } from 'zod';
import type { RunStore } from '../adapters/run-store.ts';
import { createMemoryRunStore } from '../embedded/memory-run-store.ts';
import { createOrchestrator } from '../orchestrator.ts';
import type { Orchestrator, OrchestratorOptions } from '../orchestrator-api.ts';
import { definePlugin, type PluginHost } from '../plugin.ts';
import type { Run } from '../run.ts';
import type { RunEvent } from '../run-event.ts';
import { defineFlow } from '../units/define-flow.ts';
import type { FlowBuilder } from '../units/flow.ts';
import type { Step } from '../units/ref.ts';
import { defineTask } from '../units/task.ts';

/** A flow over any input, for tests that are about something else. */
export function flowOf<O>(build: (f: FlowBuilder<unknown>) => Step<O>, id = 'flow') {
  return defineFlow({ id, input: z.unknown() }, build);
}

/** Gives back what it is given. */
export const echo = defineTask({ id: 'echo', input: z.unknown(), run: (value) => value });

export async function runIt<O>(
  ai: Orchestrator,
  flow: Parameters<Orchestrator['start']>[0],
  input: unknown = {},
): Promise<O> {
  return (await ai.start(flow, input)).result() as Promise<O>;
}

type Rejection = Error & { readonly code?: string; readonly cause?: Rejection };

/** What a promise rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<Rejection> {
  try {
    await promise;
  } catch (error) {
    return error as Rejection;
  }
  throw new Error('it did not reject');
}

export async function eventsOf(run: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

/** Events as `type step`, for comparing what happened. */
export async function story(run: AsyncIterable<RunEvent>): Promise<string[]> {
  return (await eventsOf(run)).map((event) =>
    'stepId' in event ? `${event.type} ${event.stepId}` : event.type,
  );
}

/** Resolves at the run's first event that fits. */
export async function untilEvent(run: Run<unknown>, fits: (event: RunEvent) => boolean): Promise<RunEvent> {
  for await (const event of run) if (fits(event)) return event;
  throw new Error('the run ended before the event');
}

/** A promise with its resolver. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** Waits until the signal aborts, and then stops as good code does. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** A store that outlives orchestrators, as far as they can tell. */
export function lastingStore(leaseNow: () => number = Date.now) {
  const inner = createMemoryRunStore({ now: leaseNow });
  const store: RunStore = { ...inner, capabilities: { ...inner.capabilities, durability: 'service-kill' } };
  const open = (options: OrchestratorOptions = {}, changed: Partial<RunStore> = {}) => {
    const setup = (host: PluginHost) => host.provide('runStore', { ...store, ...changed });
    const storage = definePlugin({ name: 'storage', setup })();
    return createOrchestrator({ ...options, plugins: [storage, ...(options.plugins ?? [])] });
  };
  return { store, open };
}
