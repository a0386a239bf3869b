// Runs in the client's own process.
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientSubject, Place, Producer } from './client-subject.ts';
import { payloadOf } from './task.ts';

let subject: ClientSubject;
let place: Place;
let producer: Producer;
let next = 0;

/** Loads a client; it is connected for producing. */
export async function load(module: string, at: Place): Promise<void> {
  ({ subject } = (await import(module)) as { subject: ClientSubject });
  place = at;
  producer = await subject.producer(place);
}

const some = (count: number) => Array.from({ length: count }, () => payloadOf(place.queue, next++));

export interface Throughput {
  readonly tasks: number;
  readonly perSecond: number;
  /** Processor time of this process, all its threads, for each. */
  readonly microseconds: number;
}

async function timed(work: () => Promise<number>): Promise<Throughput> {
  const before = process.cpuUsage();
  const start = performance.now();
  const tasks = await work();
  const perSecond = (tasks * 1000) / (performance.now() - start);
  const { user, system } = process.cpuUsage(before);
  return { tasks, perSecond, microseconds: (user + system) / tasks };
}

/** Produces for at least `ms`: so many tasks together, then the next. */
export function produce(together: number, ms: number): Promise<Throughput> {
  return timed(async () => {
    const end = performance.now() + ms;
    let tasks = 0;
    do {
      await producer.send(some(together));
      tasks += together;
    } while (performance.now() < end);
    return tasks;
  });
}

/** Works on all `count` tasks of a topic, from when it has its partitions until the last is handled. */
export async function consume(from: Place, group: string, partitions: number, count: number) {
  const assigned = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  let handled = 0;
  const opening = subject.consumer(from, {
    group,
    partitions,
    assigned: assigned.resolve,
    async handle() {
      handled += 1;
      if (handled === count) done.resolve();
    },
  });
  await assigned.promise;
  const throughput = await timed(async () => {
    await done.promise;
    return count;
  });
  await (await opening).close();
  if (handled !== count) throw new Error(`${handled} of ${count} tasks were handled`);
  return throughput;
}

/**
 * Milliseconds from the call that produces a task to the call of its handler, of `count` tasks that are produced so many a
 * second, after half a second of them that does not count.
 */
export async function latencies(at: Place, partitions: number, perSecond: number, count: number) {
  const assigned = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const sentAt = new Map<string, number>();
  const taken: number[] = [];
  const uncounted = Math.ceil(perSecond / 2);
  const total = uncounted + count;
  const producing = await subject.producer(at);
  const opening = subject.consumer(at, {
    group: 'latency',
    partitions,
    assigned: assigned.resolve,
    async handle({ id }) {
      taken.push(performance.now() - (sentAt.get(id) ?? Number.NaN));
      if (taken.length === total) done.resolve();
    },
  });
  await assigned.promise;
  const sending: Promise<unknown>[] = [];
  const start = performance.now();
  while (sending.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - start) * perSecond) / 1000));
    for (const payload of some(due - sending.length)) {
      sentAt.set(payload.id, performance.now());
      sending.push(producing.send([payload]));
    }
    await delay(1);
  }
  await Promise.all(sending);
  await done.promise;
  await (await opening).close();
  await producing.close();
  return taken.slice(uncounted);
}
