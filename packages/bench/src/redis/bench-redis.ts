import { redisService } from '@aiwork/contract-tests/services';
import { packageVersions } from '../package-version.ts';
import { type Findings, joined, type Report, report } from '../report.ts';
import { conformance } from './conformance.ts';
import { type FlowEffort, flows } from './flows.ts';
import { type StateEffort, state } from './state.ts';

export interface RedisBench {
  /** When the server writes to its disk. */
  readonly appendfsync: readonly ('everysec' | 'always')[];
  readonly state: StateEffort;
  readonly flows: FlowEffort;
  readonly withConformance: boolean;
}

const full: RedisBench = {
  appendfsync: ['everysec', 'always'],
  state: { rounds: 31, roundMs: 150, atOnce: 100 },
  flows: { rounds: 9, concurrency: 50, steps: 1500, chain: 10 },
  withConformance: true,
};

const leftOut: Findings = {
  rows: [],
  targets: [],
  skipped: [
    {
      subject: '@langchain/langgraph with @langchain/langgraph-checkpoint-redis',
      why: 'it needs RedisJSON and RediSearch, which are part of Redis from 8 on',
    },
  ],
};

const notes = [
  'Clients and server are on one machine, the server in a container, each subject in a process of its own; rounds are interleaved, values are medians of the rounds, and ratios those of the ratios within each round. Processor time depends less than rates on what else the machine does.',
  'A value is an object of 200 bytes as JSON. A StateStore makes and reads that JSON, gives every write a version and keeps an index of its keys; ioredis is given the text and gives it back; Keyv makes and reads the JSON and keeps no index. `pipeline()` sends 100 commands as one and gives no answer before all are there.',
  'A step of ours belongs to a run, which is created with its lease, has an event for its own beginning and end and for those of each step in its journal, and counts when its result is known. A job of BullMQ is added, in bulk before the worker begins, and processed; a chain is a flow of jobs, each the parent of the one before it. Both keep what is finished.',
];

/** What is kept in Redis, beside the client below it and the queue people would use. */
export async function benchRedis(bench: RedisBench = full, folder?: string): Promise<Report> {
  const versions: Record<string, string> = packageVersions([
    '@aiwork/redis',
    'ioredis',
    '@keyv/redis',
    'keyv',
    'bullmq',
  ]);
  return report(
    'redis',
    versions,
    async () => {
      const parts: Findings[] = [leftOut];
      for (const appendfsync of bench.appendfsync) {
        const held = await redisService({ appendfsync }).hold();
        try {
          const { url, facts } = held.service;
          versions[`${facts.name}-server`] = facts.version;
          const setting = `appendfsync ${appendfsync}`;
          parts.push(await state(url, setting, bench.state), await flows(url, setting, bench.flows));
        } finally {
          await held.release();
        }
      }
      if (bench.withConformance) parts.push(await conformance());
      return joined(parts, notes);
    },
    folder,
  );
}
