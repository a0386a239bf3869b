import { kafkaService, redisService } from '@aiwork/contract-tests/services';
import { isolate } from '../isolated/isolate.ts';
import { packageVersions } from '../package-version.ts';
import { joined, type Report, report } from '../report.ts';
import type { Place } from './client-subject.ts';
import { ableClients, jobs } from './clients.ts';
import { type ConsumeEffort, consume } from './consume.ts';
import { type FlowEffort, flows } from './flows.ts';
import { type LatencyEffort, latency } from './latency.ts';
import { type MemoryEffort, memory } from './memory.ts';
import { type ProduceEffort, produce } from './produce.ts';
import type { Topics } from './topics-process.ts';

export interface KafkaBench {
  readonly produce: ProduceEffort;
  readonly consume: ConsumeEffort;
  readonly latency: LatencyEffort;
  readonly flows: FlowEffort;
  readonly memory: MemoryEffort;
}

const full: KafkaBench = {
  produce: { rounds: 9, roundMs: 250, together: [1, 100, 1000] },
  consume: { rounds: 5, tasks: 40_000 },
  latency: { rounds: 3, perSecond: 500, count: 1500 },
  flows: {
    rounds: 3,
    workers: [1, 2, 4],
    concurrency: 2,
    steps: 200,
    works: [
      { kind: 'wait', ms: 20 },
      { kind: 'compute', ms: 10 },
    ],
  },
  memory: { tasks: 200_000, points: 20 },
};

const partitions = 6;

const notes = [
  'Clients and broker are on one machine, the broker in a container, each subject in a process of its own; rounds are interleaved, values are medians of the rounds, and ratios those of the ratios within each round. Processor time depends less than rates on what else the machine does.',
  'A task is an object of about 200 bytes with a key. Every client makes JSON of it, sends it with the same two headers, idempotently and to all replicas in sync (`acks: -1`, of which there is one), and gives its handler the object again. The topics have 6 partitions.',
  'Every group reads the same topic from its beginning, and what it committed is checked after each round. Consuming counts from the moment at which a group has its partitions. kafkajs and @confluentinc/kafka-javascript commit after each batch, @platformatic/kafka after 1,000 tasks, which it hands out one after the other; ours commits 20 ms after a task is settled.',
  'Steps of flows are tasks with a queue: each is a run of its own in Redis, a job in Kafka, and counts when the flow knows its result. The flow, the workers, the broker and Redis share the cores of the machine, so that steps which compute cannot grow with workers beyond them.',
];

/** What goes through Kafka, beside the clients people would use. */
export async function benchKafka(bench: KafkaBench = full, folder?: string): Promise<Report> {
  const { names, skipped } = ableClients();
  const versions: Record<string, string> = packageVersions([
    '@aiwork/kafka',
    'kafkajs',
    '@platformatic/kafka',
    '@confluentinc/kafka-javascript',
  ]);
  return report(
    'kafka',
    versions,
    async () => {
      await using kafka = await kafkaService().hold();
      await using redis = await redisService().hold();
      for (const { facts } of [kafka.service, redis.service])
        versions[`${facts.name}-server`] = facts.version;
      const { brokers } = kafka.service;
      const topics: Topics = await isolate(new URL('./topics.ts', import.meta.url));
      try {
        await topics.call('connect', brokers, partitions);
        const queued = names.filter((name) => name !== jobs);
        const parts = [
          { rows: [], targets: [], skipped },
          await produce(names, await placesFor(topics, names), bench.produce),
          await consume(names, topics, partitions, bench.consume),
          await latency(queued, await placesFor(topics, queued), partitions, bench.latency),
          await flows({ brokers, redisUrl: redis.service.url }, topics, bench.flows),
          await memory(await topics.call('fresh', 'memory'), bench.memory),
        ];
        return joined(parts, notes);
      } finally {
        await topics.close();
      }
    },
    folder,
  );
}

async function placesFor(topics: Topics, names: readonly string[]): Promise<(name: string) => Place> {
  const places = new Map<string, Place>();
  for (const name of names) places.set(name, await topics.call('fresh', 'tasks'));
  return (name) => {
    const place = places.get(name);
    if (!place) throw new Error(`no topic was made for ${name}`);
    return place;
  };
}
