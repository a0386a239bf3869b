import { Redis } from 'ioredis';
import { type Isolated, isolate } from '../isolated/isolate.ts';
import { interleave, median } from '../measure.ts';
import { atLeast, type Findings, type Row, type Target } from '../report.ts';
import { serverMicroseconds } from './server-time.ts';
import type { StateRound, StateWork } from './state-rounds.ts';

export interface StateEffort {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly roundMs: number;
  /** Operations that are under way at once where they are not waited for one by one. */
  readonly atOnce: number;
}

interface Measured extends StateRound {
  readonly serverMicroseconds: number;
}

type Rounds = typeof import('./state-rounds.ts');

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

const nameOf = ({ operation, atOnce }: StateWork, setting: string) =>
  `${operation}, ${atOnce === 1 ? 'one after the other' : `${atOnce} at once`}, ${setting}`;

/** Reading and writing small values, beside the client that does the same without any promise. */
export async function state(url: string, setting: string, effort: StateEffort): Promise<Findings> {
  const works = ([1, effort.atOnce] as const).flatMap((atOnce): StateWork[] => [
    { operation: 'get', atOnce },
    { operation: 'set', atOnce },
  ]);
  const server = new Redis(url);
  const hosts: { name: string; host: Isolated<Rounds> }[] = [];
  const rows: Row[] = [];
  const targets: Target[] = [];
  try {
    for (const { name, module } of contestants) {
      const host = await isolate<Rounds>(new URL('./state-rounds.ts', import.meta.url));
      hosts.push({ name, host });
      await host.call('connect', new URL(`./state-subjects/${module}.ts`, import.meta.url).href, url);
    }
    for (const work of works) {
      const alike = hosts.filter(({ name }) => name !== pipeline || work.atOnce > 1);
      for (const { host } of alike) await host.call('round', work, effort.warmUpMs);
      const measured = await interleave(effort.rounds, alike, async ({ host }) => {
        const before = await serverMicroseconds(server);
        const round = await host.call('round', work, effort.roundMs);
        const served = (await serverMicroseconds(server)) - before;
        return { ...round, serverMicroseconds: served / round.operations };
      });
      const what = nameOf(work, setting);
      const perSecond = new Map<string, number>();
      for (const [i, { name }] of alike.entries()) {
        const middle = (figure: keyof Measured) => median((measured[i] ?? []).map((round) => round[figure]));
        const common = { work: what, subject: name };
        perSecond.set(name, middle('perSecond'));
        rows.push(
          { ...common, metric: 'operations a second', value: middle('perSecond'), unit: '/s' },
          {
            ...common,
            metric: 'processor time of the client, each',
            value: middle('microseconds'),
            unit: 'µs',
          },
          { ...common, metric: 'of the server', value: middle('serverMicroseconds'), unit: 'µs' },
        );
      }
      for (const other of [raw, pipeline]) {
        const theirs = perSecond.get(other);
        if (theirs === undefined) continue;
        targets.push(atLeast(what, `against ${other}`, (perSecond.get(ours) as number) / theirs, share));
      }
    }
    return { rows, targets };
  } finally {
    server.disconnect();
    await Promise.all(hosts.map(({ host }) => host.close()));
  }
}
