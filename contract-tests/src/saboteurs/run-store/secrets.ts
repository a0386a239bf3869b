import { inspect } from 'node:util';
import type { RunEvent, RunStore } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';
import { keeping, telling } from '../telling.ts';

const inErrors = [{ check: 'run-store.secrets.not-in-errors', message: 'no secret in any error' }];
const inTheStore = [
  { check: 'run-store.secrets.not-in-the-store', message: 'no secret in the store when it is inspected' },
];

export const secretSaboteurs: readonly Saboteur<RunStore>[] = [
  {
    id: 'shows-events',
    breaks: 'Shows the events that it could not append',
    caughtBy: inErrors,
    sabotage: inClients((store) => ({
      append: telling(store.append, (_id, { events }) => ({ message: `no append of ${inspect(events)}` })),
    })),
  },
  {
    id: 'shows-the-record',
    breaks: 'Keeps the record that it could not write in its errors',
    caughtBy: inErrors,
    sabotage: inClients((store) => ({
      createRun: telling(store.createRun, (record) => ({ cause: { statement: 'INSERT', record } })),
    })),
  },
  {
    id: 'shows-its-password',
    breaks: 'Keeps its password where inspecting the store shows it',
    caughtBy: inTheStore,
    sabotage: keeping((_store, password) => ({ options: { password } })),
  },
  {
    id: 'shows-what-it-caches',
    breaks: 'Keeps the last events where inspecting the store shows them',
    caughtBy: inTheStore,
    sabotage: keeping((store: RunStore) => {
      const cache = new Map<string, readonly RunEvent[]>();
      return {
        cache,
        append(id: string, append: Parameters<RunStore['append']>[1]) {
          cache.set(id, append.events);
          return store.append(id, append);
        },
      };
    }),
  },
];
