import { packageVersions } from '../package-version.ts';
import { joined, type Report, report } from '../report.ts';
import { abort } from './abort.ts';
import type { Effort } from './compare.ts';
import { durable } from './durable.ts';
import { inMemory } from './in-memory.ts';
import { type ScaleSize, scale } from './scale.ts';

export interface EngineBench {
  /** Steps of the flows that all subjects run. */
  readonly size: number;
  readonly inMemory: Effort;
  readonly durable: Effort;
  readonly scale: ScaleSize;
  readonly cancels: number;
  readonly withPeers: boolean;
}

const full: EngineBench = {
  size: 100,
  inMemory: { rounds: 11, warmUpMs: 1_500, roundMs: 200 },
  durable: { rounds: 5, warmUpMs: 600, roundMs: 300 },
  scale: { large: 10_000, small: 100, rounds: 5, warmUps: 2 },
  cancels: 20,
  withPeers: true,
};

const notes = [
  'Each subject runs in a process of its own; rounds are interleaved; values are medians of the rounds.',
  'A fan-out counts the step that joins it. Mastra runs without storage and without validation of inputs, LangGraph without a checkpointer; both keep no events.',
  'BullMQ and DBOS have their servers on a Unix socket of the same machine and the same disk.',
];

/** What the engine costs a step: in memory, at scale, on disk, and when it is told to stop. */
export async function benchEngine(bench: EngineBench = full, folder?: string): Promise<Report> {
  const works = [
    { shape: 'chain', size: bench.size },
    { shape: 'fan-out', size: bench.size },
  ] as const;
  const versions: Record<string, string> = packageVersions([
    '@aiwork/core',
    '@mastra/core',
    '@langchain/langgraph',
    'bullmq',
    '@dbos-inc/dbos-sdk',
  ]);
  return report(
    'engine',
    versions,
    async () => {
      const parts = [
        await inMemory(works, bench.inMemory, bench.withPeers),
        await scale(bench.scale),
        await durable(works, bench.durable, bench.withPeers).then(({ versions: servers, ...findings }) => {
          Object.assign(versions, servers);
          return findings;
        }),
        await abort(bench.cancels),
      ];
      return joined(parts, notes);
    },
    folder,
  );
}
