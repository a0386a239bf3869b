import type { TaskQueue } from '@aiwork/core';
import type { Contract } from '../../engine/contract.ts';
import { capabilities } from './capabilities.ts';
import { consumers } from './consumers.ts';
import { deadLetters } from './dead-letters.ts';
import { delays } from './delays.ts';
import { depth } from './depth.ts';
import { ending } from './ending.ts';
import { enqueuing } from './enqueuing.ts';
import { faults } from './faults.ts';
import { hostile } from './hostile.ts';
import { leases } from './leases.ts';
import { order } from './order.ts';
import { redelivery } from './redelivery.ts';
import { secrets } from './secrets.ts';
import { sequences } from './sequences.ts';
import { stopping } from './stopping.ts';

/** What every `TaskQueue` has to do. @since 0.1.0 */
export const taskQueueContract: Contract<TaskQueue> = {
  id: 'task-queue',
  version: '1.0',
  adapter: 'TaskQueue',
  groups: [
    enqueuing,
    hostile,
    consumers,
    order,
    redelivery,
    deadLetters,
    leases,
    delays,
    depth,
    stopping,
    capabilities,
    ending,
    secrets,
    sequences,
    faults,
  ],
};
