import { AiworkError, type MemoryFilter } from '@aiwork/core';
import type { MemoryReplica } from '@aiwork/memory';
import type { Follower } from './follower.ts';
import type { KeptDocs } from './kept-docs.ts';

/** So many that a step of the server stays short. */
const docsAtOnce = 1000;

interface Forgetting {
  readonly docs: KeptDocs;
  readonly replica: MemoryReplica;
  readonly follower: Follower;
  readonly filter: MemoryFilter;
  readonly signal: AbortSignal | undefined;
}

/**
 * Deletes what fits a filter by what this process knows, each only where it is still what it was then; what was changed
 * meanwhile is looked at again.
 *
 * @returns how many there were.
 */
export async function forgetDocs({ docs, replica, follower, filter, signal }: Forgetting): Promise<number> {
  await follower.catchUp(signal);
  let left = new Set(replica.idsOf(filter));
  let count = 0;
  try {
    while (left.size > 0) {
      const versions = [...follower.versionsOf(left)];
      for (let from = 0; from < versions.length; from += docsAtOnce)
        count += await docs.forget(new Map(versions.slice(from, from + docsAtOnce)), signal);
      await follower.catchUp(signal);
      left = left.intersection(new Set(replica.idsOf(filter)));
    }
  } catch (error) {
    throw count > 0 ? partlyDone(error, count) : error;
  }
  return count;
}

function partlyDone(error: unknown, count: number): AiworkError {
  const { code, message, retryable } = AiworkError.isInstance(error)
    ? error
    : { code: 'AIWORK_STORE_FAILED' as const, message: String(error), retryable: false };
  return new AiworkError(code, `after ${count} documents were forgotten: ${message}`, {
    cause: error,
    outcome: 'unknown',
    retryable,
  });
}
