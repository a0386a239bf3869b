import { setTimeout as delay } from 'node:timers/promises';
import type { Orchestrator, Run } from '@aiwork/core';
import { isFinal } from '../execution.ts';
import type { Begun } from '../idempotency.ts';
import type { RouteContext } from './context.ts';

/** What a run gave. */
export interface Success {
  readonly output: unknown;
}

type Waiting = Pick<RouteContext, 'orchestrator' | 'waits'>;

const shortestLookMs = 10;
const longestLookMs = 500;

/** Waits for the end of a run, for some time at most. Gives the output when it succeeded here. */
export function endOf({ run, isNew }: Begun, waiting: Waiting, waitMs: number): Promise<Success | undefined> {
  if (isNew) return waiting.waits.atMost(waitMs, resultOf(run));
  return untilOver(run.id, waiting, { waitMs }).then(() => undefined);
}

/** Waits until a run is over, whichever process works on it, for some time at most. */
export async function untilOver(
  runId: string,
  { orchestrator, waits }: Waiting,
  { waitMs, signal }: { readonly waitMs: number; readonly signal?: AbortSignal },
): Promise<void> {
  const enough = new AbortController();
  const stop = signal ? AbortSignal.any([signal, enough.signal]) : enough.signal;
  await waits.atMost(waitMs, watch(runId, orchestrator, stop)).finally(() => enough.abort());
}

const resultOf = (run: Run<unknown>): Promise<Success | undefined> =>
  run.result().then(
    (output) => ({ output }),
    () => undefined,
  );

/** Often at first. A result that is waited for could not be let go of while another process works on the run. */
async function watch(runId: string, orchestrator: Orchestrator, enough: AbortSignal): Promise<void> {
  for (let lookMs = shortestLookMs; !enough.aborted; lookMs = Math.min(longestLookMs, lookMs * 1.5)) {
    const record = await orchestrator.get(runId);
    if (!record || isFinal(record.status)) return;
    await delay(lookMs, undefined, { signal: enough }).catch(() => {});
  }
}
