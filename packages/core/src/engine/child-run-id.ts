import { createHash } from 'node:crypto';
import type { StepState } from './run-state.ts';

// Ids of runs may have 500 characters; flows in flows in flows would have more.
const maxLength = 400;

/** The id of the run a sub-flow is, always the same for an attempt. A failed run is over: the next attempt is another. */
export function childRunId(
  parentId: string,
  stepId: string,
  { failures }: Pick<StepState, 'failures'>,
): string {
  const id = `${parentId}.${stepId}${failures > 0 ? `~${failures + 1}` : ''}`;
  if (id.length <= maxLength) return id;
  const start = id.slice(0, 200).toWellFormed();
  return `${start}~${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}
