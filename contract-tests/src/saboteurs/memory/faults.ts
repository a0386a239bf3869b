import type { Memory } from '@aiwork/core';
import { memoryPlan } from '../../contracts/memory/faults.ts';
import { faultSaboteurs } from '../remote/fault-saboteurs.ts';
import { keepingSaboteurs } from '../remote/keeping-saboteurs.ts';
import type { Saboteur } from '../saboteur.ts';
import { remoteMemory } from './remote.ts';

const parts = {
  plan: memoryPlan,
  reference: remoteMemory,
  write: { method: 'upsert', answer: undefined },
};

export const memoryFaultSaboteurs: readonly Saboteur<Memory>[] = [
  ...keepingSaboteurs(parts),
  ...faultSaboteurs({
    ...parts,
    sentAgain: {
      upsert: 'overtaken by a later delete(), not to be applied again',
      delete: 'to say that it was applied, or to be rejected',
    },
  }),
];
