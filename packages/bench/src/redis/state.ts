import { type Isolated, isolate } from '../isolated/isolate.ts';
import { interleave, median, medianRatio } from '../measure.ts';
import { atLeast, type Findings, type Row, type Target } from '../report.ts';
import { serverTime } from './server-time.ts';
import type { StateWork } from './state-rounds.ts';

export interface StateEffort {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly roundMs: number;
  /** Operations that are under way at once where they are not waited for one by one. */
  readonly atOnce: number;
}

type Rounds = typeof import('./state-rounds.ts');

interface Host {
  readonly name: string;
  readonly host: Isolated<Rounds>;
}

/** What was measured of a contestant, round by round. */
interface Series {
  readonly name: string;
  readonly perSecond: readonly number[];
  readonly clientMicroseconds: readonly number[];
  readonly serverMicroseconds: readonly number[];
}

const ours = '@aiwork/redis, StateStore';
const raw = 'ioredis';
const pipeline = 'ioredis, pipeline()';
const contestants = [
  { name: ours, module: 'aiwork' },
  { name: raw, module: 'ioredis' },
  { name: pipeline, module: 'ioredis-pipeline' },
  { name: '@keyv/redis', module: 'keyv' },
];

/** Of what the raw client does, at least. */
const share = 0.85;

/** Reading and writing small values, beside the client that does the same without any promise. */
export async function state(url: string, setting: string, effort: StateEffort): Promise<Findings> {
  const works = [1, effort.atOnce].flatMap((atOnce): StateWork[] => [
    { operation: 'get', atOnce },
    { operation: 'set', atOnce },
  ]);
  const hosts: Host[] = [];
  const rows: Row[] = [];
  const targets: Target[] = [];
  try {
    for (const { name, module } of contestants) {
      const host = await isolate<Rounds>(new URL('./state-rounds.ts', import.meta.url));
      hosts.push({ name, host });
      await host.call('connect', new URL(`./state-subjects/${module}.ts`, import.meta.url).href, url);
    }
    for (const work of works) {
      const able = hosts.filter(({ name }) => name !== pipeline || work.atOnce > 1);
      const series = await measure(url, able, work, effort);
      const what = nameOf(work, setting);
      rows.push(...series.flatMap((each) => rowsOf(what, each)));
      targets.push(...targetsOf(what, series));
    }
    return { rows, targets };
  } finally {
    await Promise.all(hosts.map(({ host }) => host.close()));
  }
}

async function measure(url: string, hosts: readonly Host[], work: StateWork, effort: StateEffort) {
  using server = serverTime(url);
  for (const { host } of hosts) await host.call('round', work, effort.warmUpMs);
  const measured = await interleave(effort.rounds, hosts, ({ host }) =>
    server.during(() => host.call('round', work, effort.roundMs)),
  );
  return hosts.map(({ name }, i): Series => {
    const rounds = measured[i] ?? [];
    return {
      name,
      perSecond: rounds.map(({ result }) => result.perSecond),
      clientMicroseconds: rounds.map(({ result }) => result.microseconds),
      serverMicroseconds: rounds.map(
        ({ result, serverMicroseconds }) => serverMicroseconds / result.operations,
      ),
    };
  });
}

function rowsOf(work: string, { name, perSecond, clientMicroseconds, serverMicroseconds }: Series): Row[] {
  const row = (metric: string, values: readonly number[], unit: string): Row => {
    return { work, subject: name, metric, value: median(values), unit };
  };
  return [
    row('operations a second', perSecond, '/s'),
    row('processor time of the client, each', clientMicroseconds, 'µs'),
    row('of the server', serverMicroseconds, 'µs'),
  ];
}

function targetsOf(work: string, series: readonly Series[]): Target[] {
  const mine = series.find(({ name }) => name === ours);
  return series.flatMap(({ name, perSecond }) =>
    mine && (name === raw || name === pipeline)
      ? [atLeast(work, `against ${name}`, medianRatio(mine.perSecond, perSecond), share)]
      : [],
  );
}

function nameOf({ operation, atOnce }: StateWork, setting: string): string {
  return `${operation}, ${atOnce === 1 ? 'one after the other' : `${atOnce} at once`}, ${setting}`;
}
