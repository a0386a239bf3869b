import { createMemoryRunStore, type RunStore } from '@aiwork/core';
import type { RemoteReference } from '../remote/remote-subject.ts';

const create = () => createMemoryRunStore({ maxEventBytes: 40_000 });

/** Run stores behind a service of their own. */
export const remoteRunStore: RemoteReference<RunStore> = {
  methods: {
    getRun: 'read',
    due: 'read',
    list: 'read',
    createRun: 'mutation',
    append: 'mutation',
    lease: 'mutation',
    release: 'mutation',
    prune: 'mutation',
    events: 'listing',
  },
  capabilities: Object.freeze({ ...create().capabilities, durability: 'service-kill' }),
  create,
};
