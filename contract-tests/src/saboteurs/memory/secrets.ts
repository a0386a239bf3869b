import type { Memory, MemoryDoc } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';
import { keeping, telling } from '../telling.ts';

const inErrors = [{ check: 'memory.secrets.not-in-errors', message: 'no secret in any error' }];
const inTheMemory = [
  { check: 'memory.secrets.not-in-the-memory', message: 'no secret in the memory when it is inspected' },
];

export const secretSaboteurs: readonly Saboteur<Memory>[] = [
  {
    id: 'shows-documents',
    breaks: 'Keeps the documents that it could not store in its errors',
    caughtBy: inErrors,
    sabotage: inClients((memory) => ({ upsert: telling(memory.upsert, (docs) => ({ cause: { docs } })) })),
  },
  {
    id: 'shows-queries',
    breaks: 'Shows what was searched for in its errors',
    caughtBy: inErrors,
    sabotage: inClients((memory) => ({
      search: telling(memory.search, ({ text }) => ({ message: `no search for "${text}"` })),
    })),
  },
  {
    id: 'shows-filters',
    breaks: 'Shows the values of a filter that it could not read',
    caughtBy: inErrors,
    sabotage: inClients((memory) => ({
      search: telling(memory.search, ({ filter }) => ({ message: `no filter: ${JSON.stringify(filter)}` })),
    })),
  },
  {
    id: 'shows-its-password',
    breaks: 'Keeps its password where inspecting the memory shows it',
    caughtBy: inTheMemory,
    sabotage: keeping((_memory, password) => ({ options: { password } })),
  },
  {
    id: 'shows-its-documents',
    breaks: 'Keeps documents where inspecting the memory shows them',
    caughtBy: inTheMemory,
    sabotage: keeping((memory: Memory) => {
      const docs: MemoryDoc[] = [];
      return {
        docs,
        async upsert(batch: readonly MemoryDoc[], options?: Parameters<Memory['upsert']>[1]) {
          await memory.upsert(batch, options);
          docs.push(...batch);
        },
      };
    }),
  },
];
