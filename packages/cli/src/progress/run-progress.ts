import type { FlowGraph, RunEvent } from '@aiwork/core';
import { toJson } from '../to-json.ts';

export type StepState =
  | 'pending'
  | 'running'
  | 'retrying'
  | 'waiting'
  | 'sleeping'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  | 'undone';

export interface StepProgress {
  readonly id: string;
  readonly state: StepState;
  readonly attempt: number;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** When a retry or the end of a sleep is due, or a wait expires. */
  readonly dueAt?: number;
  /** What there is to say about the state: an error, a prompt, a reason. */
  readonly note?: string;
  /** For a map: how many items there are. */
  readonly items?: number;
}

/** What is known of a run's steps so far; what the views draw. */
export interface RunProgress {
  /** In the order of the flow's definition, others as they appear. Parts of steps are not among them. */
  readonly steps: readonly StepProgress[];
  readonly startedAt: number | undefined;
  readonly retries: number;
  /** How many items of a map, or other parts of a step, have ended well. */
  partsDone(stepId: string): number;
  apply(event: RunEvent): void;
}

const overStates: ReadonlySet<StepState> = new Set(['succeeded', 'failed', 'skipped', 'cancelled', 'undone']);

/** Whether nothing more happens to a step in this state, undoing it aside. */
export function isOver(state: StepState): boolean {
  return overStates.has(state);
}

/** Follows a run from its events. */
export function trackProgress(graph?: FlowGraph): RunProgress {
  const steps = new Map<string, StepProgress>();
  const parts = new Map<string, Set<string>>();
  let startedAt: number | undefined;
  let retries = 0;
  function announce(id: string): void {
    if (!steps.has(id)) steps.set(id, { id, state: 'pending', attempt: 0 });
  }
  for (const { id } of graph?.nodes ?? []) announce(id);

  /** The step that `id` is a part of: `each[3]` is an item of a map, `ask/search` something a step runs. */
  function wholeOf(id: string): string | undefined {
    if (steps.has(id)) return undefined;
    for (let end = id.length - 1; end > 0; end -= 1) {
      if ((id[end] === '[' || id[end] === '/') && steps.has(id.slice(0, end))) return id.slice(0, end);
    }
    return undefined;
  }

  function applyToPart(whole: string, event: RunEvent & { readonly stepId: string }): void {
    if (event.type === 'step.succeeded') {
      const done = parts.get(whole) ?? new Set();
      parts.set(whole, done.add(event.stepId));
    }
    const step = steps.get(whole);
    // What a part waits for, the whole step waits for, and it is the part that a signal has to name.
    if (step && event.type === 'step.waiting') {
      steps.set(whole, { ...step, note: `${event.stepId}: ${describePrompt(event.prompt)}` });
    }
  }

  return {
    get steps() {
      return [...steps.values()];
    },
    get startedAt() {
      return startedAt;
    },
    get retries() {
      return retries;
    },
    partsDone: (stepId) => parts.get(stepId)?.size ?? 0,
    apply(event) {
      startedAt ??= event.at;
      if (event.type === 'run.started') for (const id of Object.keys(event.digests ?? {})) announce(id);
      if (event.type === 'step.retrying') retries += 1;
      if (!('stepId' in event)) return;
      const whole = wholeOf(event.stepId);
      if (whole !== undefined) return applyToPart(whole, event);
      const before = steps.get(event.stepId);
      const after = nextStep(before ?? { id: event.stepId, state: 'pending', attempt: 0 }, event);
      if (after) steps.set(event.stepId, after);
    },
  };
}

function nextStep(step: StepProgress, event: RunEvent): StepProgress | undefined {
  const { id, attempt, startedAt = event.at } = step;
  const over = { id, attempt, startedAt, endedAt: event.at };
  switch (event.type) {
    case 'step.started':
      return {
        id,
        state: 'running',
        attempt: event.attempt,
        startedAt,
        ...(step.items !== undefined && { items: step.items }),
      };
    case 'step.expanded':
      return { ...step, state: 'running', startedAt, items: event.inputs?.length ?? 0 };
    case 'step.retrying':
      return {
        ...over,
        state: 'retrying',
        attempt: event.attempt,
        dueAt: event.at + event.delayMs,
        note: event.error.message,
      };
    case 'step.waiting':
      return {
        ...over,
        state: 'waiting',
        note: describePrompt(event.prompt),
        ...(event.expiresAt !== undefined && { dueAt: event.expiresAt }),
      };
    case 'step.sleeping':
      return { ...over, state: 'sleeping', dueAt: event.until };
    case 'step.succeeded':
      return { ...over, state: 'succeeded', ...(step.items !== undefined && { items: step.items }) };
    case 'step.failed':
      return { ...over, state: 'failed', attempt: event.attempt, note: event.error.message };
    case 'step.skipped':
      return { ...over, state: 'skipped' };
    case 'step.cancelled':
    case 'step.abandoned':
      return { ...over, state: 'cancelled', note: event.reason };
    case 'step.undone':
      return { ...step, state: 'undone' };
    case 'step.undo-failed':
      return { ...step, note: `undo failed: ${event.error.message}` };
    default:
      return undefined;
  }
}

/** A prompt in one line. */
export function describePrompt(prompt: unknown): string {
  if (prompt === undefined || prompt === null) return '';
  return typeof prompt === 'string' ? prompt : toJson(prompt);
}
