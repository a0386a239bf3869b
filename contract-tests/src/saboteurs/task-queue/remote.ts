import { setTimeout as delay } from 'node:timers/promises';
import { AiworkError, type TaskQueue } from '@aiwork/core';
import type { Subject } from '../../engine/subject.ts';
import { type RemoteChanges, type RemoteReference, remoteSubject } from '../remote/remote-subject.ts';
import { createPullQueue, type PullQueue, serviceLeaseMs, type Taken } from './pull-queue.ts';

const idleMs = 5;

/** Queues behind a service of their own, which clients ask for jobs. */
export const remotePullQueue: RemoteReference<PullQueue> = {
  methods: { enqueue: 'mutation', depth: 'read', take: 'mutation', extend: 'mutation', end: 'mutation' },
  capabilities: Object.freeze({
    ...createPullQueue().capabilities,
    leases: Object.freeze({ ms: serviceLeaseMs, maxLateMs: 200 }),
    durability: 'service-kill',
  }),
  create: createPullQueue,
};

/** The same as far as the checks that any contract has can see. */
export const remoteTaskQueue = remotePullQueue as unknown as RemoteReference<TaskQueue>;

/** Clients that take jobs one by one, and go on when their connection breaks. */
export async function remoteQueueSubject(
  changes: RemoteChanges = {},
  reference: RemoteReference<PullQueue> = remotePullQueue,
): Promise<Subject<TaskQueue>> {
  const { open, close, ...subject } = await remoteSubject(reference, changes);
  return {
    ...subject,
    ...(close && { close }),
    open: async (options) => withConsumers(await open(options)),
  };
}

function withConsumers(service: PullQueue): TaskQueue {
  const closing = new AbortController();
  const consuming = new Set<Promise<unknown>>();
  const { enqueue, depth, deadLetters, redrive, capabilities } = service;

  async function close(): Promise<void> {
    closing.abort();
    await Promise.all(consuming);
    await service.close();
  }

  return {
    capabilities,
    enqueue,
    depth,
    deadLetters,
    redrive,
    async consume({ queues, group, concurrency, signal }, handler) {
      const stop = AbortSignal.any([signal, closing.signal]);
      const rooms = Array.from({ length: concurrency }, async () => {
        while (!stop.aborted) {
          const taken = await service.take(queues, group).catch(() => undefined);
          if (taken) await workOn(taken, handler);
          else await delay(idleMs);
        }
      });
      const all = Promise.all(rooms);
      consuming.add(all);
      await all;
      consuming.delete(all);
    },
    close,
    [Symbol.asyncDispose]: close,
  };

  async function workOn({ token, job }: Taken, handler: Parameters<TaskQueue['consume']>[1]): Promise<void> {
    const lost = new AbortController();
    async function heartbeat(): Promise<void> {
      if (await service.extend(token)) return;
      lost.abort();
      throw new AiworkError('AIWORK_LEASE_LOST', 'the lease of the job ran out');
    }
    const how = await handler(job, { signal: lost.signal, heartbeat }).then(
      () => 'settle' as const,
      () => 'give-back' as const,
    );
    // Said again until it is heard, or the lease over: saying it twice is harmless.
    const until = performance.now() + serviceLeaseMs;
    while (performance.now() < until) {
      try {
        return await service.end(token, how);
      } catch {
        await delay(idleMs);
      }
    }
  }
}
