// Runs in a process of its own, because kafkajs prints warnings.
import { setTimeout as delay } from 'node:timers/promises';
import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';
import type { Place } from './client-subject.ts';
import { headersOf, payloadOf } from './task.ts';

const filledTogether = 1000;
const longestStartMs = 10_000;
/** What `@aiwork/kafka` puts before the names of queues. */
const prefix = 'aiwork.';

let brokers: readonly string[];
let partitions: number;
let admin: Admin;
let producer: Producer;
let made = 0;

export async function connect(to: readonly string[], partitionsOfTopics: number): Promise<void> {
  brokers = to;
  partitions = partitionsOfTopics;
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  producer = kafka.producer({ idempotent: true });
  await Promise.all([admin.connect(), producer.connect()]);
}

/** A queue that nobody has used. */
export async function fresh(name: string): Promise<Place> {
  made += 1;
  const queue = `${name}-${process.pid}-${made}`;
  const topic = `${prefix}${queue}`;
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: partitions }] });
  const end = performance.now() + longestStartMs;
  while (!(await isLed(topic))) {
    if (performance.now() > end) throw new Error(`${topic} has no leaders after ${longestStartMs} ms`);
    await delay(20);
  }
  return { brokers, queue, topic };
}

/** A broker does not know all of a topic for a moment after it was made, which kafkajs takes for an error. */
async function isLed(topic: string): Promise<boolean> {
  try {
    return (await admin.fetchTopicOffsets(topic)).length === partitions;
  } catch {
    return false;
  }
}

/** A queue with so many tasks. */
export async function filled(name: string, count: number): Promise<Place> {
  const place = await fresh(name);
  for (let from = 0; from < count; from += filledTogether) {
    const messages = Array.from({ length: Math.min(filledTogether, count - from) }, (_, i) => {
      const payload = payloadOf(place.queue, from + i);
      return { key: payload.key, value: JSON.stringify(payload), headers: headersOf(payload) };
    });
    await producer.send({ topic: place.topic, acks: -1, messages });
  }
  return place;
}

/** Refuses what a group, by its own name or by that which `@aiwork/kafka` gives it, has not committed all of. */
export async function checkCommitted({ topic }: Place, group: string): Promise<void> {
  const ends = await admin.fetchTopicOffsets(topic);
  for (const groupId of [group, `${topic}.${group}`]) {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const committed = new Map(found?.partitions.map(({ partition, offset }) => [partition, offset]));
    if (ends.every(({ partition, offset }) => committed.get(partition) === offset)) return;
  }
  throw new Error(`group ${group} has not committed all of ${topic}`);
}
