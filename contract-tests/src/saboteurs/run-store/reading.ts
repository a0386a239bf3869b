import type { RunStore } from '@aiwork/core';
import { collect } from '../../contracts/collect.ts';
import { leavesATimer } from '../leaves-a-timer.ts';
import { inClients, type Saboteur, yieldTurns } from '../saboteur.ts';

const ignoringErrors = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const seen: T[] = [];
  try {
    for await (const item of items) seen.push(item);
  } catch {}
  return seen;
};

export const readingSaboteurs: readonly Saboteur<RunStore>[] = [
  {
    id: 'after-includes',
    breaks: 'Gives the event it should begin after',
    caughtBy: [{ check: 'run-store.events.after-seq', message: 'the events after 1 of 5 to be' }],
    sabotage: inClients((store) => ({
      events: (id, { afterSeq = 0, ...options } = {}) =>
        store.events(id, { ...options, afterSeq: afterSeq > 0 ? afterSeq - 1 : afterSeq }),
    })),
  },
  {
    id: 'reads-one-page',
    breaks: 'Gives the first 1000 events',
    caughtBy: [
      { check: 'run-store.events.beyond-a-page', message: 'the number of events read of 2500 to be 2500' },
    ],
    sabotage: inClients((store) => ({
      async *events(id, options) {
        yield* (await collect(store.events(id, options))).slice(0, 1000);
      },
    })),
  },
  {
    id: 'follows',
    breaks: 'Goes on with what is appended while it reads',
    caughtBy: [
      {
        check: 'run-store.events.ends-where-it-began',
        message: 'the events read while others were appended',
      },
    ],
    sabotage: inClients((store) => ({
      async *events(id, { afterSeq = 0, ...options } = {}) {
        let last = afterSeq;
        for (let more = true; more; ) {
          more = false;
          for (const event of await collect(store.events(id, { ...options, afterSeq: last }))) {
            last = event.seq;
            more = true;
            yield event;
          }
        }
      },
    })),
  },
  {
    id: 'ends-early',
    breaks: 'Ends without a word when the run is deleted while it is read',
    caughtBy: [
      {
        check: 'run-store.events.never-end-early',
        message: 'the number of events read without an error of 2500',
      },
    ],
    sabotage: inClients((store) => ({
      async *events(id, options) {
        for await (const event of store.events(id, options)) {
          if (event.seq % 100 === 0 && !(await store.getRun(id))) return;
          yield event;
        }
      },
    })),
  },
  {
    id: 'reads-on-after-abort',
    breaks: 'Goes on reading after an abort',
    caughtBy: [
      { check: 'run-store.ending.abort-stops-reading', message: 'reading that is aborted to be refused' },
    ],
    sabotage: inClients((store) => ({
      async *events(id, options) {
        yield* await collect(store.events(id, options));
      },
    })),
  },
  {
    id: 'ends-quietly-at-close',
    breaks: 'Ends reading without a word when the store is closed',
    caughtBy: [
      {
        check: 'run-store.ending.close-stops-reading',
        message: 'reading whose store is closed to be refused',
      },
    ],
    sabotage: inClients((store) => ({
      async *events(id, options) {
        yield* await ignoringErrors(store.events(id, options));
      },
    })),
  },
  {
    id: 'signal-ignored',
    breaks: 'Ignores the signal of a lease',
    caughtBy: [
      { check: 'run-store.ending.aborted-before', message: 'lease() with an aborted signal to be refused' },
    ],
    sabotage: inClients((store) => ({ lease: (id, owner, ttlMs) => store.lease(id, owner, ttlMs) })),
  },
  {
    id: 'never-closed',
    breaks: 'Goes on working after it was closed',
    caughtBy: [
      { check: 'run-store.ending.closed-for-good', message: 'createRun() after close() to be refused' },
    ],
    sabotage: inClients<RunStore>(() => ({ async close() {}, async [Symbol.asyncDispose]() {} })),
  },
  {
    id: 'closes-at-once',
    breaks: 'Does not wait for calls when it is closed',
    caughtBy: [
      { check: 'run-store.ending.close-waits', message: 'that were settled when close() resolved to be 20' },
    ],
    sabotage: inClients((store) => ({
      async createRun(record, options) {
        await yieldTurns(1);
        return store.createRun(record, options);
      },
    })),
  },
  {
    id: 'leaves-a-timer',
    breaks: 'Leaves a timer behind that keeps the process alive',
    caughtBy: [
      { check: 'run-store.ending.no-handle-left', message: 'handles that 4 closed clients left open' },
    ],
    sabotage: leavesATimer,
  },
  {
    id: 'capabilities-not-frozen',
    breaks: 'Gives capabilities that anybody may change',
    caughtBy: [{ check: 'run-store.ending.capabilities', message: 'capabilities to be frozen' }],
    sabotage: inClients(({ capabilities }) => ({ capabilities: { ...capabilities } })),
  },
];
