import type { RunEvent } from '../run-event.ts';
import type { Ended } from './measurement.ts';

/** Where and when something was measured. */
interface Place {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly runId: string;
  readonly unitId: string;
  readonly tags: readonly string[];
}

/**
 * A thing that happened in a run and is worth counting. Steps that are done many times have one id, as in `pages[]`.
 *
 * @since 0.1.0
 */
export type RunSample = Place &
  (
    | ({ readonly kind: 'run' } & Ended)
    | ({ readonly kind: 'step'; readonly stepId: string } & Ended)
    | {
        readonly kind: 'model';
        readonly model: string;
        readonly inputTokens: number;
        readonly outputTokens: number;
        readonly cost: number;
      }
    | { readonly kind: 'tool'; readonly tool: string; readonly ok: boolean }
  );

interface OpenStep {
  readonly startedAt: number;
  retries: number;
}

interface OpenRun {
  readonly unitId: string;
  readonly tags: readonly string[];
  readonly startedAt: number | undefined;
  readonly steps: Map<string, OpenStep>;
  retries: number;
}

/** Runs followed at once. Those that end elsewhere (a lost lease) are never seen to end. */
const maxOpenRuns = 10_000;

/** Turns the events of any number of runs into samples. @since 0.1.0 */
export interface RunReader {
  /** What an event says is over; the events of a run in their order, from its first or from a resume on. */
  read(event: RunEvent): RunSample | undefined;
  /** Which run an event is of. */
  placeOf(event: RunEvent): Place;
}

/**
 * Reads what can be measured out of events: from the stream of a process, or from journals that a run store kept. Of the
 * runs that are followed at once it remembers the last 10,000.
 *
 * @example
 * ```ts
 * import { createOrchestrator, createRunReader, defineTask } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const shout = defineTask({ id: 'shout', input: z.string(), run: (text) => text.toUpperCase() });
 * await using ai = createOrchestrator();
 * const run = await ai.start(shout, 'hello');
 * await run.result();
 * const reader = createRunReader();
 * for await (const event of ai.events(run.id)) {
 *   const sample = reader.read(event);
 *   if (sample?.kind === 'run') console.log(sample.unitId, sample.status); // shout succeeded
 * }
 * ```
 * @since 0.1.0
 */
export function createRunReader(): RunReader {
  const runs = new Map<string, OpenRun>();

  function open(event: Extract<RunEvent, { type: 'run.started' | 'run.resumed' }>): void {
    if (runs.has(event.runId)) return;
    const { unitId, tags } = event;
    const startedAt = event.type === 'run.started' ? event.at : undefined;
    runs.set(event.runId, { unitId, tags, startedAt, steps: new Map(), retries: 0 });
    if (runs.size > maxOpenRuns) runs.delete(runs.keys().next().value as string);
  }

  function placeOf({ at, runId }: RunEvent): Place {
    const { unitId = 'unknown', tags = [] } = runs.get(runId) ?? {};
    return { at, runId, unitId, tags };
  }

  function endStep(
    event: RunEvent & { readonly stepId: string },
    status: Ended['status'],
  ): RunSample | undefined {
    const run = runs.get(event.runId);
    const step = run?.steps.get(event.stepId);
    run?.steps.delete(event.stepId);
    // A step that is refused or dropped before its first attempt did no work that could be measured.
    if (!run || !step) return undefined;
    const { at, runId } = event;
    const { unitId, tags } = run;
    const durationMs = at - step.startedAt;
    const stepId = kindOfStep(event.stepId);
    return { kind: 'step', at, runId, unitId, tags, stepId, status, retries: step.retries, durationMs };
  }

  function endRun(event: Extract<RunEvent, { type: 'run.finished' }>): RunSample {
    const { at, runId, status } = event;
    const { unitId, tags } = placeOf(event);
    const { startedAt, retries = 0 } = runs.get(runId) ?? {};
    runs.delete(runId);
    const sample = { kind: 'run', at, runId, unitId, tags, status, retries } as const;
    return startedAt === undefined ? sample : { ...sample, durationMs: at - startedAt };
  }

  return {
    placeOf,
    read(event) {
      switch (event.type) {
        case 'run.started':
        case 'run.resumed':
          open(event);
          return undefined;
        case 'step.started': {
          const steps = runs.get(event.runId)?.steps;
          if (steps && !steps.has(event.stepId)) steps.set(event.stepId, { startedAt: event.at, retries: 0 });
          return undefined;
        }
        case 'step.retrying': {
          const run = runs.get(event.runId);
          const step = run?.steps.get(event.stepId);
          if (run) run.retries += 1;
          if (step) step.retries += 1;
          return undefined;
        }
        case 'step.succeeded':
          return endStep(event, 'succeeded');
        case 'step.failed':
          return endStep(event, 'failed');
        case 'step.cancelled':
          return endStep(event, 'cancelled');
        case 'run.finished':
          return endRun(event);
        case 'model.called': {
          const { model, inputTokens, outputTokens, cost = 0 } = event;
          return { kind: 'model', ...placeOf(event), model, inputTokens, outputTokens, cost };
        }
        case 'tool.called':
          return { kind: 'tool', ...placeOf(event), tool: event.tool, ok: event.ok };
        default:
          return undefined;
      }
    },
  };
}

/**
 * What is done many times is one step, measured many times: `pages[17]` is `pages[]`, and the tool call `ask/2.1-search`
 * and the nested call `search#2` are `ask/search` and `search`.
 *
 * @example
 * ```ts
 * import { kindOfStep } from '@aiwork/core';
 *
 * console.log(kindOfStep('pages[17]'), kindOfStep('ask/2.1-search')); // pages[] ask/search
 * ```
 * @since 0.1.0
 */
export function kindOfStep(stepId: string): string {
  if (!/[[/#]/.test(stepId)) return stepId;
  return stepId
    .replace(/\[[^\]]*\]/g, '[]')
    .replace(/\/\d+\.\d+-/g, '/')
    .replace(/#\d+(?=\/|$)/g, '');
}
