import type { Memory } from '@aiwork/core';
import type { RemoteReference } from '../remote/remote-subject.ts';
import { createReferenceMemory } from './reference-memory.ts';

/** Memories behind a service of their own. */
export const remoteMemory: RemoteReference<Memory> = {
  methods: { search: 'read', count: 'read', upsert: 'mutation', delete: 'mutation' },
  capabilities: Object.freeze({ ...createReferenceMemory().capabilities, durability: 'service-kill' }),
  create: createReferenceMemory,
};
