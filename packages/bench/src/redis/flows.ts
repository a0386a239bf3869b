import { medianRow, openContest, type Series } from '../isolated/contest.ts';
import { medianRatio } from '../measure.ts';
import { atLeast, type Findings, type Row, type Target } from '../report.ts';
import type { FlowRound } from './flow-rounds.ts';
import { serverTime, type WithServerTime } from './server-time.ts';

export interface FlowEffort {
  readonly rounds: number;
  readonly concurrency: number;
  /** Steps of one round, however many to a run. */
  readonly steps: number;
  /** Steps of a long run. */
  readonly chain: number;
}

type Rounds = typeof import('./flow-rounds.ts');

const modules: Readonly<Record<string, string>> = {
  '@aiwork/redis, runs': 'aiwork',
  'BullMQ, jobs': 'bullmq',
};

/** Steps of durable runs beside jobs of a queue, on one server. */
export async function flows(url: string, setting: string, effort: FlowEffort): Promise<Findings> {
  const names = Object.keys(modules);
  await using contest = await openContest<Rounds>(
    new URL('./flow-rounds.ts', import.meta.url),
    names,
    (host, name) =>
      host.call('load', new URL(`./flow-subjects/${modules[name]}.ts`, import.meta.url).href, url),
  );
  using server = serverTime(url);
  const rows: Row[] = [];
  const targets: Target[] = [];
  for (const steps of [1, effort.chain]) {
    const work = { steps, concurrency: effort.concurrency };
    const runs = Math.ceil(effort.steps / steps);
    const series = await contest.measure(names, effort.rounds, (host) =>
      server.during(() => host.call('round', work, runs)),
    );
    const length = steps === 1 ? 'one step' : `${steps} steps`;
    const what = `runs of ${length}, ${effort.concurrency} at once, ${setting}`;
    rows.push(...series.flatMap((each) => rowsOf(what, each)));
    targets.push(...targetsOf(what, series));
  }
  return { rows, targets };
}

const rate = ({ steps, totalMs }: FlowRound) => (steps * 1000) / totalMs;
const rateOnceAdded = ({ steps, totalMs, addedMs }: FlowRound) => (steps * 1000) / (totalMs - addedMs);

function rowsOf(work: string, series: Series<WithServerTime<FlowRound>>): Row[] {
  return [
    medianRow(work, series, 'steps a second', '/s', ({ result }) => rate(result)),
    medianRow(work, series, 'steps a second, once all are added', '/s', ({ result }) =>
      rateOnceAdded(result),
    ),
    medianRow(
      work,
      series,
      'processor time of the client, a step',
      'µs',
      ({ result }) => result.microseconds,
    ),
    medianRow(
      work,
      series,
      'of the server',
      'µs',
      ({ result, serverMicroseconds }) => serverMicroseconds / result.steps,
    ),
  ];
}

function targetsOf(work: string, [mine, theirs]: readonly Series<WithServerTime<FlowRound>>[]): Target[] {
  if (!mine || !theirs) return [];
  const rates = ({ rounds }: Series<WithServerTime<FlowRound>>, of: (round: FlowRound) => number) =>
    rounds.map(({ result }) => of(result));
  const against = (what: string, of: (round: FlowRound) => number) =>
    atLeast(work, `against ${what}`, medianRatio(rates(mine, rate), rates(theirs, of)), 1);
  return [
    against('jobs that are added and processed', rate),
    against('jobs that are processed, adding them not counted', rateOnceAdded),
  ];
}
