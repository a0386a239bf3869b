import { getEventListeners } from 'node:events';
import type { CallOptions } from '@aiwork/core';
import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { Check } from '../engine/contract.ts';

interface Listening<A extends AnyAdapter> {
  /** The id of the contract. */
  readonly contract: string;
  readonly when?: NonNullable<Check<A>['when']>;
  /** Every call there is, by name, in an order in which all of them succeed. */
  calls(client: A, options: CallOptions): Readonly<Record<string, () => Promise<unknown>>>;
}

/** The rule that a signal is let go of, which is the same for every adapter. */
export function noListenerLeft<A extends AnyAdapter>({ contract, when, calls }: Listening<A>): Check<A> {
  return {
    id: `${contract}.ending.no-listener-left`,
    rule: 'A call leaves no listener on the signal it was given',
    anchor: 'CallOptions.signal',
    why: 'the signal is that of the whole run: memory grows with each call, and Node warns',
    ...(when && { when }),
    async run(t) {
      const client = await t.open();
      const { signal } = new AbortController();
      for (const [name, call] of Object.entries(calls(client, { signal }))) {
        await call();
        const left = getEventListeners(signal, 'abort').length;
        t.same(left, 0, `the number of listeners left on the signal after ${name}`);
      }
    },
  };
}

interface Overwriting<A extends AnyAdapter> {
  /** The id of the contract. */
  readonly contract: string;
  readonly when?: NonNullable<Check<A>['when']>;
  /** The name of the call. */
  readonly call: string;
  /** Puts `text` in the place of what was there. */
  write(client: A, text: string, options: CallOptions): Promise<unknown>;
  /** What is there. */
  read(client: A): Promise<unknown>;
}

/** The rule that an aborted write tells the truth. */
export function abortedMeanwhile<A extends AnyAdapter>(about: Overwriting<A>): Check<A> {
  const { contract, when, call, write, read } = about;
  return {
    id: `${contract}.ending.aborted-meanwhile`,
    rule: 'A write that is aborted while it runs says truly whether it was applied',
    anchor: 'Adapter',
    why: 'who is told that nothing changed does not take back what did',
    ...(when && { when }),
    async run(t) {
      const client = await t.open();
      for (let round = 0; round < 10; round += 1) {
        await write(client, 'before', {});
        const controller = new AbortController();
        const writing = write(client, 'after', { signal: controller.signal });
        await Promise.resolve();
        controller.abort();
        const outcome = await writing.then(
          () => 'applied',
          (error) => error.outcome,
        );
        t.that(
          ['applied', 'not-applied', 'unknown'].includes(outcome),
          `a ${call} that is aborted to resolve, or to say 'not-applied' or 'unknown'`,
          outcome,
        );
        const seen = await read(client);
        const possible = { applied: ['after'], 'not-applied': ['before'] }[outcome as string];
        t.that(
          (possible ?? ['before', 'after']).includes(`${seen}`),
          `what ${call} said, ${outcome}, to be true`,
          seen,
        );
      }
    },
  };
}
