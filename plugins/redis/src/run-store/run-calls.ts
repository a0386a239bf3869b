import { randomBytes } from 'node:crypto';
import type { Connection, RequestOptions } from '../connection.ts';
import type { RunKeys } from './run-keys.ts';

/** What ends a call early. */
export type Ending = Pick<RequestOptions, 'signal'>;

/** What every call of a run store works with. */
export interface RunCalls {
  readonly connection: Connection;
  readonly keys: RunKeys;
  /** Names a request, so that a script knows one that it has carried out already. */
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
