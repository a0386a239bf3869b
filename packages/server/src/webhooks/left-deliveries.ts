import { hasCode, type Orchestrator, type RunStatus } from '@aiwork/core';
import { type DeliveryTask, deliveryUnitId, isDeliveryInput, startDelivery } from './delivery-task.ts';

/** How long ago an execution may have ended whose process went before it told of that. */
const lookBackMs = 15 * 60_000;
const unfinished: readonly RunStatus[] = ['queued', 'running', 'waiting'];
const finished: readonly RunStatus[] = ['succeeded', 'failed', 'cancelled'];
const pageItems = 100;

export interface LeftDeliveriesOptions {
  readonly orchestrator: Orchestrator;
  readonly task: DeliveryTask;
  /** Units that are told of. */
  readonly unitIds: ReadonlySet<string>;
  readonly everyMs: number;
  /** Begins what has not been begun of the deliveries of a run. */
  readonly tellAll: (orchestrator: Orchestrator, runId: string) => Promise<void>;
}

/**
 * Goes on with deliveries that other processes left, and begins those that they had no time for: now, and from time to
 * time. Gives what stops it.
 */
export function takeUpDeliveries(options: LeftDeliveriesOptions): () => Promise<void> {
  const { orchestrator, task, unitIds, everyMs, tellAll } = options;
  const stopping = new AbortController();
  /** When runs ended whose ends were looked at. */
  const seen = new Map<string, number>();
  const { signal } = stopping;
  let looking: Promise<void> | undefined;
  // A look that takes longer than the time between two leaves out those that it would hold up.
  const lookAgain = () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  };
  lookAgain();
  const timer = setInterval(lookAgain, everyMs);
  timer.unref();

  async function look(): Promise<void> {
    try {
      for (const status of unfinished) await takeUp(status);
      for (const unitId of unitIds) for (const status of finished) await tellOfEnds(unitId, status);
      for (const [id, endedAt] of seen) if (endedAt < Date.now() - lookBackMs) seen.delete(id);
    } catch (error) {
      if (signal.aborted || hasCode(error, 'AIWORK_CLOSED')) return;
      process.emitWarning(`webhooks that were left cannot be looked for: ${error}`, 'AiworkWarning');
    }
  }

  async function takeUp(status: RunStatus): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await orchestrator.list({
        unitId: deliveryUnitId,
        status,
        limit: pageItems,
        signal,
        ...(cursor !== undefined && { cursor }),
      });
      for (const { input } of page.items) {
        signal.throwIfAborted();
        if (isDeliveryInput(input)) await startDelivery(orchestrator, task, input);
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  async function tellOfEnds(unitId: string, status: RunStatus): Promise<void> {
    signal.throwIfAborted();
    const { items } = await orchestrator.list({ unitId, status, limit: pageItems, signal });
    for (const { id, updatedAt } of items) {
      signal.throwIfAborted();
      if (seen.has(id) || updatedAt < Date.now() - lookBackMs) continue;
      await tellAll(orchestrator, id);
      seen.set(id, updatedAt);
    }
  }

  return async () => {
    stopping.abort();
    clearInterval(timer);
    await looking;
  };
}
