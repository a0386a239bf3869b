import type { RunStore } from '@aiwork/core';
import type { Contract } from '../../engine/contract.ts';
import { appending } from './appending.ts';
import { clients } from './clients.ts';
import { due } from './due.ts';
import { ending } from './ending.ts';
import { faults } from './faults.ts';
import { leaseRaces } from './lease-races.ts';
import { leases } from './leases.ts';
import { listing } from './listing.ts';
import { pruning } from './pruning.ts';
import { reading } from './reading.ts';
import { records } from './records.ts';
import { secrets } from './secrets.ts';
import { sequences } from './sequences.ts';

/** What every `RunStore` has to do. @since 0.1.0 */
export const runStoreContract: Contract<RunStore> = {
  id: 'run-store',
  version: '1.0',
  adapter: 'RunStore',
  groups: [
    records,
    appending,
    reading,
    leases,
    leaseRaces,
    due,
    listing,
    pruning,
    clients,
    ending,
    secrets,
    sequences,
    faults,
  ],
};
