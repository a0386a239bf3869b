import type { Orchestrator, RunRecord } from '@aiwork/core';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/**
 * The record of a run.
 *
 * @throws `AIWORK_RUN_NOT_FOUND`, with the id that was likely meant.
 */
export async function requireRun(orchestrator: Orchestrator, runId: string): Promise<RunRecord> {
  const record = await orchestrator.get(runId);
  if (record) return record;
  const { items } = await orchestrator.list({ limit: 1000 });
  const ids = items.map(({ id }) => id);
  throw new UsageError(`there is no run "${runId}".${didYouMean(runId, ids)}`, {
    code: 'AIWORK_RUN_NOT_FOUND',
    hint: 'aiwork runs list shows what there is',
  });
}
