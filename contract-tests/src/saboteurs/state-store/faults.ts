import type { StateStore } from '@aiwork/core';
import { statePlan } from '../../contracts/state-store/faults.ts';
import { faultSaboteurs } from '../remote/fault-saboteurs.ts';
import { keepingSaboteurs } from '../remote/keeping-saboteurs.ts';
import { remoteSubject } from '../remote/remote-subject.ts';
import type { Saboteur } from '../saboteur.ts';
import { remoteStateStore } from './remote.ts';

const lied = 'to say that it was applied, or to be rejected';
const again = 'not to be applied again';

const parts = {
  plan: statePlan,
  reference: remoteStateStore,
  write: { method: 'set', answer: { applied: true, version: 'not yet' } },
};

export const stateFaultSaboteurs: readonly Saboteur<StateStore>[] = [
  ...keepingSaboteurs(parts),
  ...faultSaboteurs({
    ...parts,
    sentAgain: {
      set: `overtaken by a later set(), ${again}`,
      create: lied,
      replace: lied,
      delete: lied,
      'delete-version': lied,
    },
  }),
  {
    id: 'counts-a-raise-twice',
    breaks: 'Sends a compare-and-set again when the connection breaks, and says that it lost against itself',
    caughtBy: [{ check: 'state-store.faults.cut-counts-once', message: 'a count from' }],
    sabotage: () => remoteSubject(remoteStateStore, { client: { repeats: () => true } }),
    onlyNamed: true,
  },
  {
    id: 'numbers-again-after-a-restart',
    breaks: 'Gives every entry another version when the service is restarted',
    caughtBy: [
      { check: 'state-store.faults.restart-keeps-versions', message: 'the version after a restart to be' },
    ],
    sabotage() {
      const stores: StateStore[] = [];
      const create = () => {
        const store = remoteStateStore.create();
        stores.push(store);
        return store;
      };
      let restarted = false;
      return remoteSubject(
        { ...remoteStateStore, create },
        {
          service: {
            onDown: () => {
              restarted = true;
            },
            async perform(call) {
              if (restarted) await Promise.all(stores.map(renumber));
              restarted = false;
              return call();
            },
          },
        },
      );
    },
    onlyNamed: true,
  },
];

async function renumber(store: StateStore): Promise<void> {
  for await (const key of store.keys()) await store.set(key, (await store.get(key))?.value);
}
