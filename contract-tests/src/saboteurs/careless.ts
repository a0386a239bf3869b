import type { CallOptions } from '@aiwork/core';
import type { AnyAdapter } from '../engine/any-adapter.ts';
import { renaming } from './between-clients.ts';
import type { Saboteur } from './saboteur.ts';

/** Mistakes that adapters of every kind are made with. */
export function carelessSaboteurs<A extends AnyAdapter>(
  contract: string,
  lookAlikes: string,
): readonly Saboteur<A>[] {
  return [
    {
      id: 'folds-namespaces',
      breaks: 'Does not tell upper from lower case in namespaces',
      caughtBy: [{ check: lookAlikes, message: 'what namespace "N" shows of "n" to be []' }],
      sabotage: renaming((namespace) => namespace.toLowerCase()),
    },
    {
      id: 'cuts-namespaces',
      breaks: 'Cuts namespaces off where names of tables end',
      caughtBy: [{ check: lookAlikes, message: '1" to be []' }],
      sabotage: renaming((namespace) => namespace.slice(0, 63)),
    },
    {
      id: 'disposed-of-by-nobody',
      breaks: 'Closes nothing when it is disposed of',
      caughtBy: [
        { check: `${contract}.ending.closed-for-good`, message: 'after it was disposed of to be refused' },
      ],
      sabotage: (subject) => ({
        ...subject,
        async open(options) {
          const client = await subject.open(options);
          return { ...client, async [Symbol.asyncDispose]() {} };
        },
      }),
    },
  ];
}

/** A call that does not let go of the signal it was given. */
export const listening =
  <Args extends readonly unknown[], R>(call: (...args: Args) => R) =>
  (...args: Args): R => {
    const options = args.at(-1) as CallOptions | undefined;
    options?.signal?.addEventListener('abort', () => {});
    return call(...args);
  };
