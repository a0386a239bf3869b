import { type HeldService, type KafkaService, kafkaService } from '@aiwork/contract-tests/services';
import type { Job, TaskQueue } from '@aiwork/core';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll } from 'vitest';
import { type KafkaTasks, kafkaTasks } from './kafka-tasks.ts';
import type { KafkaOptions } from './options.ts';

let names = 0;

/** What is to be ended after the tests of this file, which may run at the same time. */
const endings: (() => Promise<unknown>)[] = [];

/** A Kafka that the tests of a file share, started before them and ended after them. */
export function kafkaServer() {
  let held: HeldService<KafkaService> | undefined;
  beforeAll(async () => {
    held = await kafkaService().hold();
  }, 300_000);
  afterAll(async () => {
    for (const end of endings.reverse()) await end().catch(() => {});
    await held?.release();
  }, 60_000);

  function service(): KafkaService {
    if (!held) throw new Error('the broker runs while tests do, and not while they are collected');
    return held.service;
  }

  return {
    service,
    /** What Kafka itself says. */
    async admin(): Promise<Admin> {
      const admin = new Kafka({ brokers: [...service().brokers], logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      endings.push(() => admin.disconnect());
      return admin;
    },
    async tasks(options: KafkaOptions = {}): Promise<KafkaTasks> {
      const tasks = await kafkaTasks({ brokers: service().brokers, retryDelay: { firstMs: 20 }, ...options });
      endings.push(() => tasks.close());
      return tasks;
    },
  };
}

/** Name of a queue that no other test has. */
export function freshQueue(): string {
  names += 1;
  return `queue-${process.pid}-${names}-${Date.now()}`;
}

export function jobsOf(
  queue: string,
  count: number,
  more: (index: number) => Partial<Job> = () => ({}),
): Job[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `job-${index}`,
    queue,
    runId: `run-${index}`,
    stepId: 'step',
    attempt: 1,
    priority: 0,
    ...more(index),
  }));
}

/** Works until `stop` is called, or the tests are over. */
export function worker(
  queue: TaskQueue,
  options: { readonly queues: readonly string[]; readonly group?: string; readonly concurrency?: number },
  handler: Parameters<TaskQueue['consume']>[1],
) {
  const end = new AbortController();
  const ended = queue.consume({ group: 'workers', concurrency: 8, ...options, signal: end.signal }, handler);
  async function stop(): Promise<void> {
    end.abort();
    await ended;
  }
  endings.push(stop);
  return { stop, ended };
}

/** What a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected an error, seen ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
