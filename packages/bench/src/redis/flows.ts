import { type Isolated, isolate } from '../isolated/isolate.ts';
import { interleave, median, medianRatio } from '../measure.ts';
import { atLeast, type Findings, type Row, type Target } from '../report.ts';
import type { FlowWork } from './flow-subject.ts';
import { serverTime } from './server-time.ts';

export interface FlowEffort {
  readonly rounds: number;
  readonly concurrency: number;
  /** Steps of one round, however many to a run. */
  readonly steps: number;
  /** Steps of a long run. */
  readonly chain: number;
}

type Rounds = typeof import('./flow-rounds.ts');

interface Host {
  readonly name: string;
  readonly host: Isolated<Rounds>;
}

/** What was measured of a contestant, round by round. */
interface Series {
  readonly name: string;
  readonly perSecond: readonly number[];
  /** From when all had been asked for. */
  readonly perSecondOnceAdded: readonly number[];
  readonly clientMicroseconds: readonly number[];
  readonly serverMicroseconds: readonly number[];
}

const contestants = [
  { name: '@aiwork/redis, runs', module: 'aiwork' },
  { name: 'BullMQ, jobs', module: 'bullmq' },
];

/** Steps of durable runs beside jobs of a queue, on one server. */
export async function flows(url: string, setting: string, effort: FlowEffort): Promise<Findings> {
  const hosts: Host[] = [];
  const rows: Row[] = [];
  const targets: Target[] = [];
  try {
    for (const { name, module } of contestants) {
      const host = await isolate<Rounds>(new URL('./flow-rounds.ts', import.meta.url));
      hosts.push({ name, host });
      await host.call('load', new URL(`./flow-subjects/${module}.ts`, import.meta.url).href, url);
    }
    for (const steps of [1, effort.chain]) {
      const series = await measure(url, hosts, steps, effort);
      const length = steps === 1 ? 'one step' : `${steps} steps`;
      const what = `runs of ${length}, ${effort.concurrency} at once, ${setting}`;
      rows.push(...series.flatMap((each) => rowsOf(what, each)));
      targets.push(...targetsOf(what, series));
    }
    return { rows, targets };
  } finally {
    await Promise.all(hosts.map(({ host }) => host.close()));
  }
}

async function measure(url: string, hosts: readonly Host[], steps: number, effort: FlowEffort) {
  using server = serverTime(url);
  const work: FlowWork = { steps, concurrency: effort.concurrency };
  const runs = Math.ceil(effort.steps / steps);
  const allSteps = runs * steps;
  const rate = (ms: number) => (allSteps * 1000) / ms;
  for (const { host } of hosts) await host.call('round', work, runs);
  const measured = await interleave(effort.rounds, hosts, ({ host }) =>
    server.during(() => host.call('round', work, runs)),
  );
  return hosts.map(({ name }, i): Series => {
    const rounds = measured[i] ?? [];
    return {
      name,
      perSecond: rounds.map(({ result }) => rate(result.totalMs)),
      perSecondOnceAdded: rounds.map(({ result: { totalMs, addedMs } }) => rate(totalMs - addedMs)),
      clientMicroseconds: rounds.map(({ result }) => result.microseconds),
      serverMicroseconds: rounds.map(({ serverMicroseconds }) => serverMicroseconds / allSteps),
    };
  });
}

function rowsOf(work: string, { name, ...series }: Series): Row[] {
  const row = (metric: string, values: readonly number[], unit: string): Row => {
    return { work, subject: name, metric, value: median(values), unit };
  };
  return [
    row('steps a second', series.perSecond, '/s'),
    row('steps a second, once all are added', series.perSecondOnceAdded, '/s'),
    row('processor time of the client, a step', series.clientMicroseconds, 'µs'),
    row('of the server', series.serverMicroseconds, 'µs'),
  ];
}

function targetsOf(work: string, [mine, theirs]: readonly Series[]): Target[] {
  if (!mine || !theirs) return [];
  const against = (what: string, others: readonly number[]) =>
    atLeast(work, `against ${what}`, medianRatio(mine.perSecond, others), 1);
  return [
    against('jobs that are added and processed', theirs.perSecond),
    against('jobs that are processed, adding them not counted', theirs.perSecondOnceAdded),
  ];
}
