import type { RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { runModel } from '../model.ts';
import { type RunModel, runCommands } from './model-commands.ts';

export const sequences: CheckGroup<RunStore> = {
  id: 'sequences',
  title: 'Any sequence of calls',
  checks: [
    {
      id: 'run-store.sequences.like-a-journal',
      rule: 'In any sequence of calls a store does what a journal with leases does',
      anchor: 'RunStore',
      why: 'some mistakes need three calls in the one order that nobody thought of',
      async run(t) {
        const store = await t.open();
        let sequence = 0;
        await runModel({
          commands: runCommands(t),
          seed: t.seed,
          runs: 150,
          async setup() {
            sequence += 1;
            const model: RunModel = { runs: new Map() };
            return { model, real: { store, t, prefix: `${sequence} ` } };
          },
        });
      },
    },
  ],
};
