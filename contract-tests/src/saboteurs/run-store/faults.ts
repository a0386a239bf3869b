import type { RunStore } from '@aiwork/core';
import { runPlan } from '../../contracts/run-store/faults.ts';
import { faultSaboteurs } from '../remote/fault-saboteurs.ts';
import { keepingSaboteurs } from '../remote/keeping-saboteurs.ts';
import { remoteSubject } from '../remote/remote-subject.ts';
import { slowDisk } from '../remote/slow-disk.ts';
import type { Saboteur } from '../saboteur.ts';
import { remoteRunStore } from './remote.ts';

const parts = {
  plan: runPlan,
  reference: remoteRunStore,
  write: { method: 'createRun', answer: 'created' },
};
const lied = 'to say that it was applied, or to be rejected';

export const runFaultSaboteurs: readonly Saboteur<RunStore>[] = [
  ...keepingSaboteurs(parts),
  ...faultSaboteurs({
    ...parts,
    sentAgain: {
      create: lied,
      append: lied,
      release: 'overtaken by a later lease(), not to be applied again',
    },
  }),
  {
    id: 'keeps-leases-in-memory',
    breaks: 'Forgets leases when the service is restarted',
    caughtBy: [
      {
        check: 'run-store.faults.restart-keeps-leases',
        message: 'lease() by another owner after a restart to be false',
      },
    ],
    sabotage: () =>
      remoteSubject(remoteRunStore, {
        service: slowDisk(['createRun', 'append'], ['restart'], 0),
      }),
    onlyNamed: true,
  },
];
