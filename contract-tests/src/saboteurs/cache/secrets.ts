import { inspect } from 'node:util';
import { AiworkError, type Cache } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

/** A cache that says more in its errors than it should. */
const telling = (detail: (value: unknown, password: string | undefined) => unknown) =>
  inClients<Cache>((cache, { secrets }) => ({
    async set(key, value, options) {
      try {
        return await cache.set(key, value, options);
      } catch (error) {
        if (!AiworkError.isInstance(error)) throw error;
        const cause = error.cause ?? detail(value, secrets?.[0]);
        throw new AiworkError(error.code, error.message, { outcome: 'not-applied', cause });
      }
    },
  }));

const inErrors = [{ check: 'cache.secrets.not-in-errors', message: 'no secret in any error' }];

export const secretSaboteurs: readonly Saboteur<Cache>[] = [
  {
    id: 'shows-values',
    breaks: 'Shows the value in its errors',
    caughtBy: inErrors,
    sabotage: telling((value) => inspect(value)),
  },
  {
    id: 'shows-the-command',
    breaks: 'Keeps the bytes of the command that failed in its errors',
    caughtBy: inErrors,
    sabotage: telling((value) => ({
      command: ['SET', value instanceof Uint8Array ? Buffer.from(value) : value],
    })),
  },
  {
    id: 'shows-where-it-connects',
    breaks: 'Shows the address it connects to, with the password',
    caughtBy: inErrors,
    sabotage: telling((_value, password) => `redis://:${password}@cache:6379`),
  },
  {
    id: 'shows-its-password',
    breaks: 'Keeps its password where inspecting the cache shows it',
    caughtBy: [{ check: 'cache.secrets.not-in-the-cache', message: 'no secret in the inspected cache' }],
    sabotage: inClients((_cache, { secrets }) => ({ options: { password: secrets?.[0] } }) as Partial<Cache>),
  },
];
