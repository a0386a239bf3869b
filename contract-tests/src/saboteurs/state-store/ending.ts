import { inspect } from 'node:util';
import { AiworkError, type CallOptions, type StateStore } from '@aiwork/core';
import { collect } from '../../contracts/collect.ts';
import { listening } from '../careless.ts';
import { leavesATimer } from '../leaves-a-timer.ts';
import { inClients, type Saboteur, yieldTurns } from '../saboteur.ts';
import { keeping, telling } from '../telling.ts';

const unsignalled = <O extends CallOptions>({ signal: _, ...options }: O = {} as O) => options;

export const endingSaboteurs: readonly Saboteur<StateStore>[] = [
  {
    id: 'signal-ignored',
    breaks: 'Ignores the signal of a call',
    caughtBy: [
      { check: 'state-store.ending.aborted-before', message: 'get() with an aborted signal to be refused' },
    ],
    sabotage: inClients((store) => ({ get: (key, options) => store.get(key, unsignalled(options)) })),
  },
  {
    id: 'writes-then-looks',
    breaks: 'Writes before it looks at the signal',
    caughtBy: [
      { check: 'state-store.ending.aborted-before', message: 'the value after aborted calls to be 1' },
    ],
    sabotage: inClients((store) => ({
      async set(key, value, options) {
        if (options?.signal?.aborted) await store.set(key, value, unsignalled(options));
        return store.set(key, value, options);
      },
    })),
  },
  {
    id: 'loses-the-reason',
    breaks: 'Does not say why a call was aborted',
    caughtBy: [
      {
        check: 'state-store.ending.aborted-before',
        message: 'the reason of the signal as the cause of get()',
      },
    ],
    sabotage: inClients((store) => ({
      async get(key, options) {
        if (!options?.signal?.aborted) return store.get(key, options);
        throw new AiworkError('AIWORK_CANCELLED', 'aborted', { outcome: 'not-applied' });
      },
    })),
  },
  {
    id: 'lists-on-after-abort',
    breaks: 'Goes on with a listing that is aborted',
    caughtBy: [
      { check: 'state-store.ending.abort-stops-listing', message: 'a listing that is aborted to be refused' },
    ],
    sabotage: inClients((store) => ({
      async *keys(prefix, options) {
        yield* await collect(store.keys(prefix, options));
      },
    })),
  },
  {
    id: 'ends-quietly',
    breaks: 'Ends a listing without a word when its store is closed',
    caughtBy: [
      {
        check: 'state-store.ending.close-stops-listing',
        message: 'a listing whose store is closed to be refused',
      },
    ],
    sabotage: inClients((store) => ({
      async *keys(prefix, options) {
        try {
          yield* store.keys(prefix, options);
        } catch {}
      },
    })),
  },
  {
    id: 'never-closed',
    breaks: 'Goes on working after it was closed',
    caughtBy: [{ check: 'state-store.ending.closed-for-good', message: 'get() after close() to be refused' }],
    sabotage: inClients<StateStore>(() => ({ async close() {}, async [Symbol.asyncDispose]() {} })),
  },
  {
    id: 'closes-once',
    breaks: 'Rejects when it is closed again',
    caughtBy: [{ check: 'state-store.ending.closed-for-good', message: 'closed twice' }],
    sabotage: inClients((store) => {
      let closed = false;
      return {
        async close() {
          if (closed) throw new Error('closed twice');
          closed = true;
          await store.close();
        },
      };
    }),
  },
  {
    id: 'closes-at-once',
    breaks: 'Does not wait for calls when it is closed',
    caughtBy: [
      {
        check: 'state-store.ending.close-waits',
        message: 'that were settled when close() resolved to be 20',
      },
    ],
    sabotage: inClients((store) => ({
      async set(key, value, options) {
        await yieldTurns(1);
        return store.set(key, value, options);
      },
    })),
  },
  {
    id: 'leaves-a-timer',
    breaks: 'Leaves a timer behind that keeps the process alive',
    caughtBy: [
      { check: 'state-store.ending.no-handle-left', message: 'handles that 4 closed clients left open' },
    ],
    sabotage: leavesATimer,
  },
  {
    id: 'shows-values',
    breaks: 'Shows the value in its errors',
    caughtBy: [{ check: 'state-store.secrets.not-in-errors', message: 'no secret in any error' }],
    sabotage: inClients((store) => ({
      set: telling(store.set, (key, value) => ({ message: `no set of ${key} to ${inspect(value)}` })),
    })),
  },
  {
    id: 'shows-its-password',
    breaks: 'Keeps its password where inspecting the store shows it',
    caughtBy: [
      {
        check: 'state-store.secrets.not-in-errors',
        message: 'no secret in the store when it is inspected',
      },
    ],
    sabotage: keeping((_store, password) => ({ options: { password } })),
  },
  {
    id: 'says-that-nothing-changed',
    breaks: 'Says that a write was not applied whose answer it did not wait for',
    caughtBy: [
      { check: 'state-store.ending.aborted-meanwhile', message: 'what set() said, not-applied, to be true' },
    ],
    sabotage: inClients((store) => ({
      async set(key, value, options) {
        const result = await store.set(key, value, options);
        await Promise.resolve();
        if (!options?.signal?.aborted) return result;
        throw new AiworkError('AIWORK_CANCELLED', 'aborted', { outcome: 'not-applied' });
      },
    })),
  },
  {
    id: 'keeps-listening',
    breaks: 'Leaves its listener on the signal of the run',
    caughtBy: [
      {
        check: 'state-store.ending.no-listener-left',
        message: 'listeners left on the signal after get() to be 0',
      },
    ],
    sabotage: inClients((store) => ({ get: listening(store.get) })),
  },
];
