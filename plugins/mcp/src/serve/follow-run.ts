import type { Orchestrator, Run, RunEvent } from '@aiwork/core';
import { type OpenWait, trackWaits } from './open-waits.ts';

/** How a run is when it is followed no longer. */
export type RunState =
  | { readonly status: 'finished'; readonly end: Extract<RunEvent, { readonly type: 'run.finished' }> }
  | { readonly status: 'waiting'; readonly waits: readonly OpenWait[] }
  | { readonly status: 'running' };

export interface FollowOptions {
  readonly orchestrator: Orchestrator;
  readonly runId: string;
  /** How long at most, in milliseconds. */
  readonly maxWaitMs: number;
  onEvent?(event: RunEvent): void;
  readonly signal: AbortSignal;
}

/** How often a run with a step that waits is asked whether nothing else moves. */
const pollMs = 100;

/**
 * Follows a run, whoever works on it, until it is over, only an answer can move it, or the time is up.
 *
 * @throws the signal's reason; `AIWORK_CLOSED` when the orchestrator is closed before.
 */
export async function followRun({
  orchestrator,
  runId,
  maxWaitMs,
  onEvent,
  signal,
}: FollowOptions): Promise<RunState> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = setTimeout(abort, maxWaitMs);
  signal.addEventListener('abort', abort, { once: true });
  try {
    let afterSeq = 0;
    const waits = trackWaits();
    // One that ended here without having finished went to another process.
    while (!stop.signal.aborted) {
      const run = await orchestrator.open(runId, { afterSeq, signal: stop.signal });
      const state = await watch(
        run,
        (event) => {
          if (event.type !== 'model.delta') afterSeq = event.seq;
          waits.apply(event);
          onEvent?.(event);
        },
        waits.unanswered,
      );
      if (state) return state;
    }
    signal.throwIfAborted();
    return { status: 'running' };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    abort();
  }
}

async function watch(
  run: Run<unknown>,
  see: (event: RunEvent) => void,
  unanswered: () => readonly OpenWait[],
): Promise<RunState | undefined> {
  const events = run[Symbol.asyncIterator]();
  let next = events.next();
  // The signal ends it; whatever it ends with is nobody's any more.
  next.catch(() => {});
  for (;;) {
    const result = await (unanswered().length === 0 ? next : Promise.race([next, pause(pollMs)]));
    if (result === undefined) {
      if ((await run.status()) === 'waiting') return { status: 'waiting', waits: unanswered() };
      continue;
    }
    if (result.done) return undefined;
    see(result.value);
    if (result.value.type === 'run.finished') return { status: 'finished', end: result.value };
    next = events.next();
    next.catch(() => {});
  }
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
