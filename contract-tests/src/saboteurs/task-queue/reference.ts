import { createMemoryTaskQueue, type MemoryTaskQueueOptions, type TaskQueue } from '@aiwork/core';
import { systemClock, virtualClock } from '@aiwork/core/testing';
import { embedded, type Subject } from '../../engine/subject.ts';
import { clientOfQueue } from './client-of-queue.ts';

interface ReferenceOptions {
  /** `real`: times pass by the clock of this process. */
  readonly time?: 'manual' | 'real';
  /** What saboteurs change. */
  readonly queue?: MemoryTaskQueueOptions;
}

/** A correct queue with any number of clients for each namespace, in memory: what saboteurs are made of. */
export function referenceTaskQueue({ time = 'manual', queue }: ReferenceOptions = {}): Subject<TaskQueue> {
  const virtual = time === 'manual' ? virtualClock() : undefined;
  const spaces = new Map<string, TaskQueue>();
  return {
    ...(virtual && { clock: virtual }),
    secrets: ['hunter2-of-the-reference'],
    secondClient: true,
    service: embedded,
    // A process that shares its processor may not be heard of for a while.
    callDeadlineMs: virtual ? 500 : 5000,
    open({ namespace }) {
      const shared = spaces.get(namespace) ?? withDurability(openQueue());
      spaces.set(namespace, shared);
      return clientOfQueue(shared);
    },
  };

  function openQueue(): TaskQueue {
    return createMemoryTaskQueue({
      clock: virtual ?? systemClock,
      leaseMs: virtual ? 400 : 3000,
      maxDeliveries: 3,
      minRedeliveryMs: 20,
      maxRedeliveryMs: 50,
      maxJobBytes: 20_000,
      ...queue,
    });
  }
}

/** Jobs outlive its clients, as they do in a service. */
const withDurability = (queue: TaskQueue): TaskQueue => ({
  ...queue,
  capabilities: Object.freeze({ ...queue.capabilities, durability: 'service-restart' }),
});
