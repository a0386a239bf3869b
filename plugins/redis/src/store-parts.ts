import type { Durability } from '@aiwork/core';
import type { CallGate } from '@aiwork/core/adapter-kit';
import type { Connection } from './connection.ts';
import type { Keyspace } from './keyspace.ts';

/** What each store of a storage is made of. */
export interface StoreParts {
  readonly connection: Connection;
  readonly keyspace: Keyspace;
  readonly gate: CallGate;
  readonly durability: Durability;
}

/** A time to live as Redis takes it: whole milliseconds, rounded down, and no more than it can add to its clock. */
export function wholeMilliseconds(ttlMs: number): number {
  return Math.min(Math.max(1, Math.floor(ttlMs)), 2 ** 52);
}
