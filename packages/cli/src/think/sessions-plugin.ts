import { definePlugin, hasCode, type Plugin } from '@aiwork/core';
import { openStore } from './open-store.ts';
import type { SessionPlace } from './session-place.ts';

/** Keeps sessions where the user said, unless a plugin that came before does. */
export function sessionsPlugin(place: SessionPlace): Plugin {
  return definePlugin({
    name: 'aiwork-sessions',
    async setup(host) {
      try {
        host.use('thinkingStore');
        return;
      } catch (error) {
        if (!hasCode(error, 'AIWORK_SLOT_EMPTY')) throw error;
      }
      const store = await openStore(place);
      host.provide('thinkingStore', store);
      return store;
    },
  })();
}
