import { randomBytes } from 'node:crypto';
import type { Connection } from '../connection.ts';
import type { QueueKeys } from './queue-keys.ts';
import type { QueueRules } from './queue-options.ts';

/** What every call of a task queue works with. */
export interface QueueCalls {
  readonly connection: Connection;
  readonly keys: QueueKeys;
  readonly rules: QueueRules;
  /** How long a request may be sent again after it was sent first, in milliseconds. */
  readonly repeatableMs: number;
  /** Names a request. */
  newToken(): string;
}

export function queueCalls(parts: Omit<QueueCalls, 'newToken'>): QueueCalls {
  const client = randomBytes(9).toString('base64url');
  let requests = 0;
  return {
    ...parts,
    newToken() {
      requests += 1;
      return `${client}${requests.toString(36)}`;
    },
  };
}
