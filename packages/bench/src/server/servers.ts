import { type Contest, medianRow, openContest, type Series } from '../isolated/contest.ts';
import { type Isolated, isolate } from '../isolated/isolate.ts';
import type { Row } from '../report.ts';
import type { Served } from './server-subject.ts';

type Server = typeof import('./server-process.ts');
type Load = typeof import('./load-process.ts');

export const ours = '@aiwork/server';
export const bare = 'fastify, a handler';
export const mastra = '@mastra/hono';
export const langgraph = '@langchain/langgraph-api';
export const withTelemetry = '@aiwork/server, @aiwork/telemetry';
export const withSampling = '@aiwork/server, @aiwork/telemetry, one trace of ten';
export const withMetrics = '@aiwork/server, @aiwork/telemetry, metrics alone';

const modules: Readonly<Record<string, string>> = {
  [ours]: 'aiwork',
  [bare]: 'fastify',
  [mastra]: 'mastra',
  [langgraph]: 'langgraph',
  [withTelemetry]: 'aiwork-telemetry',
  [withSampling]: 'aiwork-sampled',
  [withMetrics]: 'aiwork-metrics',
};

/** Servers and who sends them requests, each in a process of its own. */
export interface Servers extends AsyncDisposable {
  readonly contest: Contest<Server>;
  readonly load: Isolated<Load>;
  servedBy(name: string): Served;
}

export async function openServers(names: readonly string[]): Promise<Servers> {
  const served = new Map<string, Served>();
  const load = await isolate<Load>(new URL('./load-process.ts', import.meta.url));
  try {
    const contest = await openContest<Server>(
      new URL('./server-process.ts', import.meta.url),
      names,
      async (host, name) => {
        const module = new URL(`./subjects/${modules[name]}.ts`, import.meta.url);
        served.set(name, await host.call('serve', module.href));
      },
    );
    return {
      contest,
      load,
      servedBy(name) {
        const found = served.get(name);
        if (!found) throw new Error(`${name} does not serve`);
        return found;
      },
      async [Symbol.asyncDispose]() {
        await contest[Symbol.asyncDispose]();
        await load.close();
      },
    };
  } catch (error) {
    await load.close();
    throw error;
  }
}

/** What was done in a round, and the processor time that the server took for it, in microseconds. */
export interface WithCost<R> {
  readonly result: R;
  readonly microseconds: number;
}

export async function withCost<R>(host: Isolated<Server>, work: () => Promise<R>): Promise<WithCost<R>> {
  await host.call('reset');
  const before = await host.call('processorTime');
  const result = await work();
  return { result, microseconds: (await host.call('processorTime')) - before };
}

export interface BurstRound {
  readonly answers: number;
  readonly perSecond: number;
}

/** How fast a server answers, and what an answer costs it. */
export function burstRows(work: string, series: Series<WithCost<BurstRound>>): Row[] {
  return [
    medianRow(work, series, 'requests a second', '/s', ({ result }) => result.perSecond),
    medianRow(
      work,
      series,
      'processor time of the server, each',
      'µs',
      ({ result, microseconds }) => microseconds / result.answers,
    ),
  ];
}
