import { randomBytes } from 'node:crypto';
import { AiworkError } from '@aiwork/core';
import type { Connection, RequestOptions } from '../connection.ts';
import type { RunKeys } from './run-keys.ts';

/** What ends a call early. */
export type Ending = Pick<RequestOptions, 'signal'>;

/** What every call of a run store works with. */
export interface RunCalls {
  readonly connection: Connection;
  readonly keys: RunKeys;
  /** Names a request, so that the server knows one that it has carried out already. */
  newToken(): string;
}

export function runCalls(connection: Connection, keys: RunKeys): RunCalls {
  const client = randomBytes(6).toString('base64url');
  let requests = 0;
  return {
    connection,
    keys,
    newToken() {
      requests += 1;
      return `${client}${requests.toString(36)}`;
    },
  };
}

/**
 * Asks for a change that comes to the same when it is asked for twice. When the reply to the first request was lost, it
 * asks once more: a worker then survives a restart of Redis without losing its run. If that is refused, it may be because
 * of what the first request did: the outcome stays unknown.
 */
export async function askTwice<Reply>(
  ask: () => Promise<Reply>,
  isDone: (reply: Reply) => boolean,
): Promise<Reply> {
  try {
    return await ask();
  } catch (lost) {
    if (!AiworkError.isInstance(lost) || !lost.retryable || lost.outcome !== 'unknown') throw lost;
    const reply = await ask().catch(() => {
      throw lost;
    });
    if (isDone(reply)) return reply;
    throw lost;
  }
}
