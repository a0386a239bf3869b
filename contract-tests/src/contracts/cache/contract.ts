import type { Cache } from '@aiwork/core';
import type { Contract } from '../../engine/contract.ts';
import { capabilities } from './capabilities.ts';
import { clients } from './clients.ts';
import { ending } from './ending.ts';
import { eviction } from './eviction.ts';
import { faults } from './faults.ts';
import { hostile } from './hostile.ts';
import { isolation } from './isolation.ts';
import { memory } from './memory.ts';
import { races } from './races.ts';
import { secrets } from './secrets.ts';
import { sequences } from './sequences.ts';
import { ttl } from './ttl.ts';
import { values } from './values.ts';

/** What every `Cache` has to do. @since 0.1.0 */
export const cacheContract: Contract<Cache> = {
  id: 'cache',
  version: '1.0',
  adapter: 'Cache',
  groups: [
    values,
    memory,
    eviction,
    hostile,
    ttl,
    isolation,
    clients,
    races,
    capabilities,
    ending,
    secrets,
    sequences,
    faults,
  ],
};
