import type { RunError, RunEvent } from '@aiwork/core';
import { clientTags } from '../ownership.ts';

/** An event without what only those who run the server are to see: stacks, tags of the server, and which process did it. */
export function toPublicEvent(event: RunEvent): object {
  const {
    owner: _owner,
    stints: _stints,
    ...seen
  } = event as RunEvent & {
    readonly owner?: string;
    readonly stints?: unknown;
  };
  if (seen.type === 'run.started') return { ...seen, tags: clientTags(seen.tags) };
  return 'error' in seen && seen.error ? { ...seen, error: withoutStack(seen.error) } : seen;
}

function withoutStack({ stack: _stack, cause, ...error }: RunError): RunError {
  return cause ? { ...error, cause: withoutStack(cause) } : error;
}
