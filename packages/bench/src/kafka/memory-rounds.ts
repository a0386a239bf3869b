// Runs in a process of its own, which produces and consumes.
import { type KafkaTasks, kafkaTasks } from '@aiwork/kafka';
import type { Place } from './client-subject.ts';
import { payloadOf } from './task.ts';

const producedTogether = 500;
/** As many are on their way at once; more would measure what was chosen to be kept. */
const handlers = 50;

let tasks: KafkaTasks;
let queue: string;
let produced = 0;
let handled = 0;
let whenHandled = () => {};

export async function begin(place: Place): Promise<void> {
  ({ queue } = place);
  tasks = await kafkaTasks({ brokers: place.brokers });
  const { signal } = new AbortController();
  const handle = async () => {
    handled += 1;
    if (handled === produced) whenHandled();
  };
  // It ends with its process.
  void tasks.consumeTasks({ queue, group: 'memory', concurrency: handlers, signal }, handle);
}

export interface MemoryInUse {
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/** What is in use after `count` more tasks were produced and consumed, and garbage is collected. */
export async function turnOver(count: number): Promise<MemoryInUse> {
  const end = produced + count;
  const done = new Promise<void>((resolve) => {
    whenHandled = () => {
      if (handled === end) resolve();
    };
  });
  while (produced < end) {
    const together = Math.min(producedTogether, end - produced);
    const payloads = Array.from({ length: together }, (_, i) => payloadOf(queue, produced + i));
    produced += together;
    await Promise.all(payloads.map((payload) => tasks.produceTask(queue, payload, { key: payload.key })));
  }
  whenHandled();
  await done;
  // The second collection takes what finalizers of the first let go.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, rssBytes: rss };
}
