import type { StateStore } from '@aiwork/core';
import type { Contract } from '../../engine/contract.ts';
import { capabilities } from './capabilities.ts';
import { clients } from './clients.ts';
import { ending } from './ending.ts';
import { faults } from './faults.ts';
import { hostile } from './hostile.ts';
import { isolation } from './isolation.ts';
import { limits } from './limits.ts';
import { listing } from './listing.ts';
import { many } from './many.ts';
import { races } from './races.ts';
import { secrets } from './secrets.ts';
import { sequences } from './sequences.ts';
import { ttl } from './ttl.ts';
import { values } from './values.ts';
import { versions } from './versions.ts';
import { whenSettled } from './when-settled.ts';

/** What every `StateStore` has to do. @since 0.1.0 */
export const stateStoreContract: Contract<StateStore> = {
  id: 'state-store',
  version: '1.0',
  adapter: 'StateStore',
  asked: whenSettled,
  groups: [
    values,
    many,
    hostile,
    listing,
    versions,
    ttl,
    isolation,
    clients,
    races,
    capabilities,
    limits,
    ending,
    secrets,
    sequences,
    faults,
  ],
};
