import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  type HeldService,
  kafkaService,
  type Service,
  type ServiceSource,
} from '@aiwork/contract-tests/services';
import type { Job, TaskQueue } from '@aiwork/core';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll } from 'vitest';
import { type KafkaTasks, kafkaTasks } from './kafka-tasks.ts';
import type { KafkaOptions } from './options.ts';
import type { WorkerProcessOptions } from './worker-process.fixture.ts';

let names = 0;

/** What is to be ended after the tests of this file, which may run at the same time. */
const endings: (() => Promise<unknown>)[] = [];

/** How long a worker may be silent, for tests that wait for that. */
export const shortSessionMs = 1500;

/** One broker that the tests of a file share. */
export const kafkaServer = () => serverOf(kafkaService());

/** A Kafka that the tests of a file share, started before them and ended after them. */
export function serverOf<S extends Service & { readonly brokers: readonly string[] }>(
  source: ServiceSource<S>,
) {
  let held: HeldService<S> | undefined;
  beforeAll(async () => {
    held = await source.hold();
  }, 300_000);
  afterAll(async () => {
    for (const end of endings.reverse()) await end().catch(() => {});
    await held?.release();
  }, 60_000);

  function service(): S {
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
    /** Sends what this package would not. */
    async send(topic: string, values: readonly (Buffer | null)[]): Promise<void> {
      const producer = new Kafka({
        brokers: [...service().brokers],
        logLevel: logLevel.NOTHING,
      }).producer();
      await producer.connect();
      try {
        await producer.send({ topic, messages: values.map((value) => ({ value })) });
      } finally {
        await producer.disconnect();
      }
    },
    async tasks(options: KafkaOptions = {}): Promise<KafkaTasks> {
      const tasks = await kafkaTasks({ brokers: service().brokers, retryDelay: { firstMs: 20 }, ...options });
      endings.push(() => tasks.close());
      return tasks;
    },
    /** A worker in a process of its own. */
    spawn(queue: string, options: KafkaOptions = {}, concurrency = 8) {
      const kafka = { brokers: service().brokers, retryDelay: { firstMs: 20 }, ...options };
      return spawnWorker({ kafka, queue, concurrency });
    },
  };
}

function spawnWorker(options: WorkerProcessOptions) {
  const program = fileURLToPath(new URL('worker-process.fixture.ts', import.meta.url));
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: ['--conditions=@aiwork/source'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  endings.push(async () => child.kill('SIGKILL'));
  const said = { taken: [] as string[], settled: [] as string[], suspected: [] as string[] };
  const isSaid = (what: string): what is keyof typeof said => Object.hasOwn(said, what);
  if (child.stdout) {
    createInterface(child.stdout).on('line', (line) => {
      const [what = '', id = ''] = line.split(' ');
      if (isSaid(what)) said[what].push(id);
    });
  }
  // What it said last has been read by then.
  const ended = once(child, 'close');
  return {
    /** Ids of jobs, as often as they were handed out there, and partitions. */
    ...said,
    kill: (signal: 'SIGKILL' | 'SIGTERM') => child.kill(signal),
    setClock: (aheadMs: number) => child.send(aheadMs),
    /** Gives the exit code, or undefined when it was killed. */
    async ended(): Promise<number | undefined> {
      const [code] = await ended;
      return typeof code === 'number' ? code : undefined;
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
