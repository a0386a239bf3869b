import { AiworkError, type Cache, type CallOptions } from '@aiwork/core';
import { leavesATimer } from '../leaves-a-timer.ts';
import { inClients, type Saboteur, yieldTurns } from '../saboteur.ts';

const unsignalled = <O extends CallOptions>({ signal: _, ...options }: O = {} as O) => options;

export const endingSaboteurs: readonly Saboteur<Cache>[] = [
  {
    id: 'signal-ignored',
    breaks: 'Ignores the signal of a call',
    caughtBy: [
      { check: 'cache.ending.aborted-before', message: 'get() with an aborted signal to be refused' },
    ],
    sabotage: inClients((cache) => ({ get: (key, options) => cache.get(key, unsignalled(options)) })),
  },
  {
    id: 'writes-then-looks',
    breaks: 'Writes before it looks at the signal',
    caughtBy: [{ check: 'cache.ending.aborted-before', message: 'the value after aborted calls to be' }],
    sabotage: inClients((cache) => ({
      async set(key, value, options) {
        if (options?.signal?.aborted) await cache.set(key, value, unsignalled(options));
        return cache.set(key, value, options);
      },
    })),
  },
  {
    id: 'loses-the-reason',
    breaks: 'Does not say why a call was aborted',
    caughtBy: [
      { check: 'cache.ending.aborted-before', message: 'the reason of the signal as the cause of get()' },
    ],
    sabotage: inClients((cache) => ({
      async get(key, options) {
        if (!options?.signal?.aborted) return cache.get(key, options);
        throw new AiworkError('AIWORK_CANCELLED', 'aborted', { outcome: 'not-applied' });
      },
    })),
  },
  {
    id: 'says-that-nothing-changed',
    breaks: 'Says that a write was not applied whose answer it did not wait for',
    caughtBy: [
      { check: 'cache.ending.aborted-meanwhile', message: 'what set() said, not-applied, to be true' },
    ],
    sabotage: inClients((cache) => ({
      async set(key, value, options) {
        await cache.set(key, value, options);
        await Promise.resolve();
        if (!options?.signal?.aborted) return;
        throw new AiworkError('AIWORK_CANCELLED', 'aborted', { outcome: 'not-applied' });
      },
    })),
  },
  {
    id: 'aborts-without-a-word',
    breaks: 'Rejects with the reason of the signal alone',
    caughtBy: [
      {
        check: 'cache.ending.aborted-meanwhile',
        message: "to resolve, or to say 'not-applied' or 'unknown'",
      },
    ],
    sabotage: inClients((cache) => ({
      async set(key, value, options) {
        await cache.set(key, value, options);
        await Promise.resolve();
        options?.signal?.throwIfAborted();
      },
    })),
  },
  {
    id: 'keeps-listening',
    breaks: 'Leaves its listener on the signal of the run',
    caughtBy: [
      { check: 'cache.ending.no-listener-left', message: 'the number of listeners left on the signal' },
    ],
    sabotage: inClients((cache) => ({
      get(key, options) {
        options?.signal?.addEventListener('abort', () => {});
        return cache.get(key, options);
      },
    })),
  },
  {
    id: 'never-closed',
    breaks: 'Goes on working after it was closed',
    caughtBy: [{ check: 'cache.ending.closed-for-good', message: 'get() after close() to be refused' }],
    sabotage: inClients<Cache>(() => ({ async close() {}, async [Symbol.asyncDispose]() {} })),
  },
  {
    id: 'closes-once',
    breaks: 'Rejects when it is closed again',
    caughtBy: [{ check: 'cache.ending.closed-for-good', message: 'closed twice' }],
    sabotage: inClients((cache) => {
      let closed = false;
      return {
        async close() {
          if (closed) throw new Error('closed twice');
          closed = true;
          await cache.close();
        },
      };
    }),
  },
  {
    id: 'closes-at-once',
    breaks: 'Does not wait for calls when it is closed',
    caughtBy: [
      { check: 'cache.ending.close-waits', message: 'that were settled when close() resolved to be 20' },
    ],
    sabotage: inClients((cache) => ({
      async set(key, value, options) {
        await yieldTurns(1);
        return cache.set(key, value, options);
      },
    })),
  },
  {
    id: 'leaves-a-timer',
    breaks: 'Leaves a timer behind that keeps the process alive',
    caughtBy: [{ check: 'cache.ending.no-handle-left', message: 'handles that 4 closed clients left open' }],
    sabotage: leavesATimer,
  },
];
