import { createMemoryTaskQueue, type TaskQueue } from '@aiwork/core';
import type { RemoteReference } from '../remote/remote-subject.ts';

/** Queues behind a service of their own, as far as jobs are sent to them and counted. */
export const remoteTaskQueue: RemoteReference<TaskQueue> = {
  methods: { enqueue: 'mutation', depth: 'read' },
  capabilities: Object.freeze({ ...createMemoryTaskQueue().capabilities, durability: 'service-kill' }),
  create: createMemoryTaskQueue,
};
