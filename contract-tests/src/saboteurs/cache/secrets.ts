import { inspect } from 'node:util';
import type { Cache } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';
import { keeping, telling } from '../telling.ts';

const inErrors = [{ check: 'cache.secrets.not-in-errors', message: 'no secret in any error' }];
const inTheCache = [
  { check: 'cache.secrets.not-in-the-cache', message: 'no secret in the cache when it is inspected' },
];

export const secretSaboteurs: readonly Saboteur<Cache>[] = [
  {
    id: 'shows-values',
    breaks: 'Shows the value in its errors',
    caughtBy: inErrors,
    sabotage: inClients((cache) => ({
      set: telling(cache.set, (key, value) => ({ message: `no set of ${key} to ${inspect(value)}` })),
    })),
  },
  {
    id: 'shows-the-command',
    breaks: 'Keeps the bytes of the command that failed in its errors',
    caughtBy: inErrors,
    sabotage: inClients((cache) => ({
      set: telling(cache.set, (_key, value) => ({
        cause: { command: value instanceof Uint8Array ? Buffer.from(value) : undefined },
      })),
    })),
  },
  {
    id: 'shows-where-it-connects',
    breaks: 'Shows the address it connects to, with the password',
    caughtBy: inErrors,
    sabotage: inClients((cache, { secrets }) => ({
      set: telling(cache.set, () => ({ message: `refused by redis://:${secrets?.[0]}@cache:6379` })),
    })),
  },
  {
    id: 'shows-its-password',
    breaks: 'Keeps its password where inspecting the cache shows it',
    caughtBy: inTheCache,
    sabotage: keeping((_cache, password) => ({ options: { password } })),
  },
  {
    id: 'shows-its-entries',
    breaks: 'Keeps entries where inspecting the cache shows them',
    caughtBy: inTheCache,
    sabotage: keeping((cache: Cache) => {
      const entries = new Map<string, Uint8Array>();
      return {
        entries,
        set(key: string, value: Uint8Array, options?: Parameters<Cache['set']>[2]) {
          if (value instanceof Uint8Array) entries.set(key, Buffer.from(value));
          return cache.set(key, value, options);
        },
      };
    }),
  },
];
