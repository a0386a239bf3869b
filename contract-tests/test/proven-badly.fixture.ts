import type { Adapter } from '@aiwork/core';
import type { ProvenContract } from '../src/command/contracts.ts';
import { type Check, embedded, type Subject } from '../src/index.ts';
import type { Saboteur } from '../src/saboteurs/saboteur.ts';

type Own = Adapter<{ readonly broken: boolean }>;

const close = async () => {};

const subject = (broken: boolean): Subject<Own> => ({
  secondClient: true,
  service: embedded,
  open: () => ({ capabilities: { broken }, close, [Symbol.asyncDispose]: close }),
});

const check = (name: string): Check<Own> => ({
  id: `own.all.${name}`,
  rule: 'It is',
  anchor: 'Own',
  why: 'so',
  async run(t) {
    if (t.capabilities.broken) throw new Error(`${name} is broken`);
  },
});

const saboteur = (id: string, message: string, broken: boolean): Saboteur<Own> => ({
  id,
  breaks: 'Something',
  caughtBy: [{ check: 'own.all.one', message }],
  sabotage: () => subject(broken),
});

// A contract with one saboteur that is caught, two that are not, and a check that nobody has to fail.
export const contracts: readonly ProvenContract<Own>[] = [
  {
    contract: {
      id: 'own',
      version: '1.0',
      adapter: 'Own',
      groups: [{ id: 'all', title: 'All', checks: [check('one'), check('two')] }],
    },
    saboteurs: [
      saboteur('caught', 'one is broken', true),
      saboteur('harmless', 'one is broken', false),
      saboteur('another', 'one is late', true),
    ],
    reference: () => subject(false),
  },
];
