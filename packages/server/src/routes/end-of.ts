import { setTimeout as delay } from 'node:timers/promises';
import type { Orchestrator, Run } from '@aiwork/core';
import { isFinal } from '../execution.ts';
import type { Started } from './start-run.ts';

/** What a run gave. */
export interface Success {
  readonly output: unknown;
}

interface Waiting {
  readonly orchestrator: Orchestrator;
  readonly waitMs: number;
  /** Aborts when nobody is to wait any longer. */
  readonly signal: AbortSignal;
}

const shortestLookMs = 10;
const longestLookMs = 500;

/** Waits for the end of a run, for some time at most. Gives the output when it succeeded here. */
export function endOf({ run, isNew }: Started, waiting: Waiting): Promise<Success | undefined> {
  return forAtMost(waiting, (enough) => (isNew ? resultOf(run) : watch(run.id, waiting, enough)));
}

/** Waits until a run is over, whichever process works on it, for some time at most. */
export async function untilOver(runId: string, waiting: Waiting): Promise<void> {
  await forAtMost(waiting, (enough) => watch(runId, waiting, enough));
}

/** What `wait` gives, unless the time is up before. Its signal aborts when it is not waited for any longer. */
async function forAtMost<T>(
  { waitMs, signal }: Waiting,
  wait: (enough: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  const enough = new AbortController();
  const stopped = Promise.withResolvers<undefined>();
  const stop = () => stopped.resolve(undefined);
  const timer = setTimeout(stop, waitMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([wait(enough.signal), stopped.promise]);
  } finally {
    enough.abort();
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

const resultOf = (run: Run<unknown>): Promise<Success | undefined> =>
  run.result().then(
    (output) => ({ output }),
    () => undefined,
  );

/** Often at first. A result that is waited for could not be let go of while another process works on the run. */
async function watch(runId: string, { orchestrator }: Waiting, enough: AbortSignal): Promise<undefined> {
  for (let lookMs = shortestLookMs; !enough.aborted; lookMs = Math.min(longestLookMs, lookMs * 1.5)) {
    const record = await orchestrator.get(runId);
    if (!record || isFinal(record.status)) return;
    await delay(lookMs, undefined, { signal: enough }).catch(() => {});
  }
}
