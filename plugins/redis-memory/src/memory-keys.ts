import type { Keyspace } from '@aiwork/redis/adapter-kit';

/** The keys of one memory, in the order in which every script takes them. A cluster keeps them on one node. */
export type MemoryKeys = readonly [docs: string, versions: string, changes: string, about: string];

export function memoryKeys({ together }: Keyspace): MemoryKeys {
  const prefix = `${together}memory:`;
  return [`${prefix}docs`, `${prefix}versions`, `${prefix}changes`, `${prefix}about`];
}
