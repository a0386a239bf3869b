import type { StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { runModel } from '../model.ts';
import { modelKeys, type StateModel, stateCommands } from './model-commands.ts';

export const sequences: CheckGroup<StateStore> = {
  id: 'sequences',
  title: 'Any sequence of calls',
  checks: [
    {
      id: 'state-store.sequences.like-a-map',
      rule: 'In any sequence of calls a store does what a map with versions and expiry does',
      anchor: 'StateStore',
      why: 'some mistakes need three calls in the one order that nobody thought of',
      async run(t) {
        const store = await t.open();
        const versions = new Set<string>();
        await runModel({
          commands: stateCommands(t),
          seed: t.seed,
          runs: 40,
          async setup() {
            for (const key of modelKeys) await store.delete(key);
            const model: StateModel = { entries: new Map(), versions };
            return { model, real: { store, t } };
          },
        });
      },
    },
  ],
};
