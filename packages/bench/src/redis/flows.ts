import { Redis } from 'ioredis';
import { type Isolated, isolate } from '../isolated/isolate.ts';
import { interleave, median } from '../measure.ts';
import { atLeast, type Findings, type Row, type Target } from '../report.ts';
import type { FlowRound } from './flow-rounds.ts';
import type { FlowWork } from './flow-subject.ts';
import { serverMicroseconds } from './server-time.ts';

export interface FlowEffort {
  readonly rounds: number;
  readonly concurrency: number;
  /** Steps of one round, however many to a run. */
  readonly steps: number;
  /** Steps of a long run. */
  readonly chain: number;
}

interface Measured extends FlowRound {
  readonly serverMicroseconds: number;
}

type Rounds = typeof import('./flow-rounds.ts');

const ours = '@aiwork/redis, runs';
const peer = 'BullMQ, jobs';
const contestants = [
  { name: ours, module: 'aiwork' },
  { name: peer, module: 'bullmq' },
];

/** Steps of durable runs beside jobs of a queue, on one server. */
export async function flows(url: string, setting: string, effort: FlowEffort): Promise<Findings> {
  const server = new Redis(url);
  const hosts: { name: string; host: Isolated<Rounds> }[] = [];
  const rows: Row[] = [];
  const targets: Target[] = [];
  try {
    for (const { name, module } of contestants) {
      const host = await isolate<Rounds>(new URL('./flow-rounds.ts', import.meta.url));
      hosts.push({ name, host });
      await host.call('load', new URL(`./flow-subjects/${module}.ts`, import.meta.url).href, url);
    }
    for (const steps of [1, effort.chain]) {
      const work: FlowWork = { steps, concurrency: effort.concurrency };
      const runs = Math.ceil(effort.steps / steps);
      for (const { host } of hosts) await host.call('round', work, runs);
      const measured = await interleave(effort.rounds, hosts, async ({ host }): Promise<Measured> => {
        const before = await serverMicroseconds(server);
        const round = await host.call('round', work, runs);
        const served = (await serverMicroseconds(server)) - before;
        return { ...round, serverMicroseconds: served / (runs * steps) };
      });
      const what = `${nameOf(steps)}, ${effort.concurrency} at once, ${setting}`;
      const rates = new Map<string, { readonly all: number; readonly added: number }>();
      for (const [i, { name }] of hosts.entries()) {
        const rounds = measured[i] ?? [];
        const rate = (msOf: (round: Measured) => number) =>
          median(rounds.map((round) => (runs * steps * 1000) / msOf(round)));
        const all = rate(({ totalMs }) => totalMs);
        const added = rate(({ totalMs, addedMs = 0 }) => totalMs - addedMs);
        rates.set(name, { all, added });
        const middle = (figure: 'microseconds' | 'serverMicroseconds') =>
          median(rounds.map((round) => round[figure]));
        const common = { work: what, subject: name };
        rows.push(
          { ...common, metric: 'steps a second', value: all, unit: '/s' },
          ...(added > all ? [{ ...common, metric: 'once all are added', value: added, unit: '/s' }] : []),
          {
            ...common,
            metric: 'processor time of the client, a step',
            value: middle('microseconds'),
            unit: 'µs',
          },
          { ...common, metric: 'of the server', value: middle('serverMicroseconds'), unit: 'µs' },
        );
      }
      const mine = rates.get(ours)?.all ?? Number.NaN;
      const theirs = rates.get(peer) ?? { all: Number.NaN, added: Number.NaN };
      targets.push(
        atLeast(what, 'against jobs that are added and processed', mine / theirs.all, 1),
        atLeast(what, 'against jobs that are processed, adding them not counted', mine / theirs.added, 1),
      );
    }
    return { rows, targets };
  } finally {
    server.disconnect();
    await Promise.all(hosts.map(({ host }) => host.close()));
  }
}

const nameOf = (steps: number) => (steps === 1 ? 'runs of one step' : `runs of ${steps} steps`);
