import { medianRow, openContest, type Series } from '../isolated/contest.ts';
import { medianRatio } from '../measure.ts';
import { atLeast, type Findings, type Row, type Target } from '../report.ts';
import { serverTime, type WithServerTime } from './server-time.ts';
import type { StateRound, StateWork } from './state-rounds.ts';

export interface StateEffort {
  readonly rounds: number;
  readonly roundMs: number;
  /** Operations that are under way at once where they are not waited for one by one. */
  readonly atOnce: number;
}

type Rounds = typeof import('./state-rounds.ts');

const ours = '@aiwork/redis, StateStore';
const raw = 'ioredis';
const pipeline = 'ioredis, pipeline()';
const modules: Readonly<Record<string, string>> = {
  [ours]: 'aiwork',
  [raw]: 'ioredis',
  [pipeline]: 'ioredis-pipeline',
  '@keyv/redis': 'keyv',
};

/** Of what the raw client does, at least. */
const share = 0.85;

/** Reading and writing small values, beside the client that does the same without any promise. */
export async function state(url: string, setting: string, effort: StateEffort): Promise<Findings> {
  const names = Object.keys(modules);
  await using contest = await openContest<Rounds>(
    new URL('./state-rounds.ts', import.meta.url),
    names,
    (host, name) =>
      host.call('connect', new URL(`./state-subjects/${modules[name]}.ts`, import.meta.url).href, url),
  );
  using server = serverTime(url);
  const rows: Row[] = [];
  const targets: Target[] = [];
  for (const atOnce of [1, effort.atOnce]) {
    const able = atOnce === 1 ? names.filter((name) => name !== pipeline) : names;
    for (const operation of ['get', 'set'] as const) {
      const work = { operation, atOnce };
      const series = await contest.measure(able, effort.rounds, (host) =>
        server.during(() => host.call('round', work, effort.roundMs)),
      );
      const what = nameOf(work, setting);
      rows.push(...series.flatMap((each) => rowsOf(what, each)));
      targets.push(...targetsOf(what, series));
    }
  }
  return { rows, targets };
}

function rowsOf(work: string, series: Series<WithServerTime<StateRound>>): Row[] {
  return [
    medianRow(work, series, 'operations a second', '/s', ({ result }) => result.perSecond),
    medianRow(work, series, 'processor time of the client, each', 'µs', ({ result }) => result.microseconds),
    medianRow(
      work,
      series,
      'of the server',
      'µs',
      ({ result, serverMicroseconds }) => serverMicroseconds / result.operations,
    ),
  ];
}

function targetsOf(work: string, series: readonly Series<WithServerTime<StateRound>>[]): Target[] {
  const ratesOf = ({ rounds }: Series<WithServerTime<StateRound>>) =>
    rounds.map(({ result }) => result.perSecond);
  const mine = series.find(({ name }) => name === ours);
  return series.flatMap((other) =>
    mine && (other.name === raw || other.name === pipeline)
      ? [atLeast(work, `against ${other.name}`, medianRatio(ratesOf(mine), ratesOf(other)), share)]
      : [],
  );
}

function nameOf({ operation, atOnce }: StateWork, setting: string): string {
  return `${operation}, ${atOnce === 1 ? 'one after the other' : `${atOnce} at once`}, ${setting}`;
}
