import type { Cache } from '@aiwork/core';
import { cachePlan } from '../../contracts/cache/faults.ts';
import { faultSaboteurs } from '../remote/fault-saboteurs.ts';
import type { Saboteur } from '../saboteur.ts';
import { remoteCache } from './remote.ts';

const again = 'overtaken by a later set(), not to be applied again';

export const cacheFaultSaboteurs: readonly Saboteur<Cache>[] = faultSaboteurs({
  plan: cachePlan,
  reference: remoteCache,
  write: { method: 'set', answer: undefined },
  sentAgain: { set: again, delete: 'to say that it was applied, or to be rejected' },
});
