import type { TaskQueue } from '@aiwork/core';
import type { Meter } from '@opentelemetry/api';
import type { WatchedQueue } from './options.ts';

/** How long a queue may take to say how many jobs wait, in milliseconds. */
const depthTimeoutMs = 2000;

/** Asks queues how many jobs wait, whenever metrics are read. One that does not answer is left out. */
export function measureQueueLag(
  meter: Meter,
  watched: readonly WatchedQueue[],
  find: () => TaskQueue | undefined,
): void {
  if (watched.length === 0) return;
  const gauge = meter.createObservableGauge('aiwork.queue.lag', {
    description: 'Jobs of a queue that wait to be handed to a group.',
  });
  gauge.addCallback(async (result) => {
    const taskQueue = find();
    if (!taskQueue) return;
    await Promise.all(
      watched.map(async ({ queue, group = 'aiwork' }) => {
        const signal = AbortSignal.timeout(depthTimeoutMs);
        const depth = await taskQueue.depth(queue, group, { signal }).catch(() => undefined);
        if (depth) result.observe(depth.waiting, { queue, group });
      }),
    );
  });
}
