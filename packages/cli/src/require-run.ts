import type { KnownRun, Runs } from './runs/runs.ts';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/**
 * The record of a run.
 *
 * @throws `AIWORK_RUN_NOT_FOUND`, with the id that was likely meant.
 */
export async function requireRun(runs: Pick<Runs, 'get' | 'list'>, runId: string): Promise<KnownRun> {
  const record = await runs.get(runId);
  if (record) return record;
  const { items } = await runs.list({ limit: 1000 });
  const ids = items.map(({ id }) => id);
  throw new UsageError(`there is no run "${runId}".${didYouMean(runId, ids)}`, {
    code: 'AIWORK_RUN_NOT_FOUND',
    hint: 'aiwork runs list shows what there is',
  });
}
