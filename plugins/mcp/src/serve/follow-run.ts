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
  /** What runs wait for that this one has started; asked while nothing happens in this one. */
  below(): readonly OpenWait[] | Promise<readonly OpenWait[]>;
  readonly signal: AbortSignal;
}

/** How often a run with a step that waits is asked whether nothing else moves. */
const pollMs = 100;
/** How long nothing happens in a run before those are looked at that it has started. */
const quietMs = 1000;

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
  below,
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
        below,
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
  below: FollowOptions['below'],
): Promise<RunState | undefined> {
  const events = run[Symbol.asyncIterator]();
  let next = events.next();
  // The signal ends it; whatever it ends with is nobody's any more.
  next.catch(() => {});
  for (;;) {
    const asks = unanswered().length > 0;
    const result = await within(next, asks ? pollMs : quietMs);
    if (result === undefined) {
      const waits = asks ? unanswered() : await below();
      const isWaiting = asks ? (await run.status()) === 'waiting' : waits.length > 0;
      if (isWaiting) return { status: 'waiting', waits };
      continue;
    }
    if (result.done) return undefined;
    see(result.value);
    if (result.value.type === 'run.finished') return { status: 'finished', end: result.value };
    next = events.next();
    next.catch(() => {});
  }
}

/** What is awaited, or nothing when it is not there in time. */
async function within<T>(awaited: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return Promise.race([awaited, late]).finally(() => clearTimeout(timer));
}
