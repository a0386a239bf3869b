import { UsageError } from '../../usage-error.ts';

/** @throws `AIWORK_USAGE` when a new run of a server was given an id. */
export function refuseRunId(runId: string | undefined): void {
  if (runId !== undefined) throw new UsageError('a server makes the ids of its runs: leave --run-id out');
}
