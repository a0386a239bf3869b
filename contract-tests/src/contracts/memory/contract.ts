import type { Memory } from '@aiwork/core';
import type { Contract } from '../../engine/contract.ts';
import { capabilities } from './capabilities.ts';
import { clients } from './clients.ts';
import { documents } from './documents.ts';
import { ending } from './ending.ts';
import { faults } from './faults.ts';
import { filters } from './filters.ts';
import { hostile } from './hostile.ts';
import { ranking } from './ranking.ts';
import { secrets } from './secrets.ts';
import { sequences } from './sequences.ts';
import { vectors } from './vectors.ts';

/** What every `Memory` has to do. @since 0.1.0 */
export const memoryContract: Contract<Memory> = {
  id: 'memory',
  version: '1.0',
  adapter: 'Memory',
  groups: [
    documents,
    ranking,
    filters,
    vectors,
    hostile,
    clients,
    capabilities,
    ending,
    secrets,
    sequences,
    faults,
  ],
};
