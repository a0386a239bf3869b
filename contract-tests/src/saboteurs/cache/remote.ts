import type { Cache } from '@aiwork/core';
import type { RemoteReference } from '../remote/remote-subject.ts';
import { createReferenceCache } from './reference-cache.ts';

const create = () => createReferenceCache({ now: Date.now, capacity: 64 });

/** Caches behind a service of their own. */
export const remoteCache: RemoteReference<Cache> = {
  methods: { get: 'read', set: 'mutation', delete: 'mutation' },
  capabilities: create().capabilities,
  create,
};
