import { createMemoryTaskQueue } from '@aiwork/core';
import { contractTests } from '../src/bindings/vitest.ts';
import { embedded, taskQueueContract } from '../src/index.ts';
import { referenceTaskQueue } from '../src/saboteurs/task-queue/reference.ts';

const secondClient = { skipped: 'two in-memory queues never share anything' } as const;

contractTests([
  { contract: taskQueueContract, name: 'a queue with leases', subject: () => referenceTaskQueue() },
  {
    contract: taskQueueContract,
    name: 'a queue with leases, in real time',
    subject: () => referenceTaskQueue({ time: 'real' }),
  },
  {
    contract: taskQueueContract,
    name: 'a queue without leases and dead letters',
    subject: () => ({
      service: embedded,
      secondClient,
      callDeadlineMs: 5000,
      open: () => createMemoryTaskQueue({ maxDeliveries: Number.POSITIVE_INFINITY, maxRedeliveryMs: 100 }),
    }),
  },
]);
