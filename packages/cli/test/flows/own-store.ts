import { defineFlow, definePlugin, type OrchestratorOptions } from '@aiwork/core';
import { sqliteStorage } from '@aiwork/core/sqlite';
import { z } from 'zod';

const ownStore = definePlugin({
  name: 'own-store',
  setup(host) {
    const storage = sqliteStorage({ path: process.env['OWN_STATE'] as string });
    host.provide('runStore', storage.runStore);
    return storage;
  },
});

export const aiwork: OrchestratorOptions = { plugins: [ownStore()] };

export const kept = defineFlow({ id: 'kept', input: z.object({}) }, (f) =>
  f.step('only', { run: () => 'kept by a plugin' }),
);
