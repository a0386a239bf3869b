import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { runModel } from '../model.ts';
import { type CacheModel, cacheCommands, modelKeys } from './model-commands.ts';

export const sequences: CheckGroup<Cache> = {
  id: 'sequences',
  title: 'Any sequence of calls',
  checks: [
    {
      id: 'cache.sequences.like-a-map-that-forgets',
      rule: 'In any sequence of calls a cache does what a map with expiry does, save that it may miss what was not set last',
      anchor: 'Cache',
      why: 'some mistakes need three calls in the one order that nobody thought of',
      async run(t) {
        const cache = await t.open();
        await runModel({
          commands: cacheCommands(t),
          seed: t.seed,
          runs: 60,
          async setup() {
            for (const key of modelKeys) await cache.delete(key);
            const model: CacheModel = { entries: new Map(), last: undefined };
            return { model, real: { cache, t } };
          },
        });
      },
    },
  ],
};
