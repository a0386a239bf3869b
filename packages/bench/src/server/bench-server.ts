import { packageVersions } from '../package-version.ts';
import { joined, type Report, report } from '../report.ts';
import { type AuthTimingEffort, authTiming } from './auth-timing.ts';
import { type ExecuteEffort, execute } from './execute.ts';
import { type LatencyEffort, latency } from './latency.ts';
import {
  bare,
  langgraph,
  mastra,
  openServers,
  ours,
  withMetrics,
  withSampling,
  withTelemetry,
} from './servers.ts';
import { type WatchingEffort, watching } from './watching.ts';

export interface ServerBench {
  readonly execute: ExecuteEffort;
  readonly latency: LatencyEffort;
  readonly watching: WatchingEffort;
  readonly authTiming: AuthTimingEffort;
}

const full: ServerBench = {
  execute: { rounds: 7, seconds: 4, connections: 200 },
  latency: { rounds: 3, seconds: 4 },
  watching: { rounds: 5, seconds: 2, readers: [100, 1000] },
  authTiming: { samples: 20_000 },
};

const notes = [
  'The servers and who sends them requests are on one machine, each in a process of its own; rounds are interleaved, values are medians of the rounds, and ratios those of the ratios within each round. Processor time depends less than rates on what else the machine does. With 200 connections answers come in batches, and a server does not wake its clients for each.',
  'Ours is as `createServer` makes it: every run has its events in a journal (in memory), an owner and a place in the list, and its answer is the whole execution. The handler of Fastify checks the same body, doubles the number and answers with it. `@mastra/hono` and `@langchain/langgraph-api` have the same unit in a workflow and in a graph, without storage and with their own storage in memory, and are asked by the route that waits for the end; LangGraph by ten clients, since it has ten workers and lets others wait.',
  'At half of its own rate, each server gets requests at even distances, whether it has answered or not, and the time is taken from when one was due; those of the first second, in which connections are opened, do not count. A server stands still while it collects garbage: how long at a time, and how much of the time in all, is measured in its process.',
  'Those who watch a run are beside readers who are sent the same bytes, in as many writes, by a server that does nothing else: what of the time is that of `node:http` and the system. How late an event is seen is from when it happened, as it says itself, to when a reader has it: the time that it is gathered is in it, and that of a thousand readers in one process. Less of the one is more of the other, so each stands beside the other, and beside both of a server that may gather for a second.',
  'With telemetry, a span for every request, run and step, metrics and logs go to a receiver in another process; or those of one trace of ten, with all metrics and logs; or metrics alone.',
  'A key is refused in the same time, whatever it has in common with one that is known: it is looked up by its hash. Keys of 50 characters, of which all but two are those of a known key, are asked about beside such of a key that is not known, in an order by chance; the slowest tenth of each is left out.',
];

/** What it costs to reach runs over HTTP, beside a handler that does the same without runs and the servers of others. */
export async function benchServer(bench: ServerBench = full, folder?: string): Promise<Report> {
  const versions = packageVersions([
    '@aiwork/server',
    '@aiwork/telemetry',
    'fastify',
    '@mastra/core',
    '@mastra/hono',
    '@langchain/langgraph',
    '@langchain/langgraph-api',
    'autocannon',
  ]);
  return report(
    'server',
    versions,
    async () => {
      const names = [ours, withTelemetry, withSampling, withMetrics, bare, mastra, langgraph];
      const parts = [];
      {
        await using servers = await openServers(names);
        const rates = await execute(servers, names, bench.execute);
        parts.push(rates, await latency(servers, names, rates.rateOf, bench.latency));
      }
      parts.push(await watching(bench.watching), await authTiming(bench.authTiming));
      return joined(parts, notes);
    },
    folder,
  );
}
