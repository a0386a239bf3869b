import { createMemoryStateStore, type StateStore } from '@aiwork/core';
import type { RemoteReference } from '../remote/remote-subject.ts';

const create = () => createMemoryStateStore({ maxValueBytes: 4096, maxKeyBytes: 2048 });

/** State stores behind a service of their own. */
export const remoteStateStore: RemoteReference<StateStore> = {
  methods: { get: 'read', getMany: 'read', set: 'mutation', delete: 'mutation', keys: 'listing' },
  capabilities: Object.freeze({ ...create().capabilities, durability: 'service-kill' }),
  create,
};
