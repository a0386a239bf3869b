import { medianRow, type Series } from '../isolated/contest.ts';
import { medianRatio } from '../measure.ts';
import { atLeast, type Findings, type Row, type Target } from '../report.ts';
import type { Throughput } from './client-rounds.ts';
import type { Place } from './client-subject.ts';
import { jobs, openClients, raw, tasks } from './clients.ts';

export interface ProduceEffort {
  readonly rounds: number;
  readonly roundMs: number;
  /** How many tasks are produced together. */
  readonly together: readonly number[];
}

/** Of what the raw client does, at least. */
const share = 0.8;

/** Producing tasks that are acknowledged by all replicas and stored once. */
export async function produce(
  names: readonly string[],
  placeOf: (name: string) => Place,
  { rounds, roundMs, together }: ProduceEffort,
): Promise<Findings> {
  await using clients = await openClients(names, placeOf);
  const rows: Row[] = [];
  const targets: Target[] = [];
  for (const count of together) {
    const work = count === 1 ? 'produce, one after the other' : `produce, ${count} together`;
    const series = await clients.measure(names, rounds, (host) => host.call('produce', count, roundMs));
    rows.push(...throughputRows(work, series));
    targets.push(...throughputTargets(work, series));
  }
  return { rows, targets };
}

export function throughputRows(work: string, series: readonly Series<Throughput>[]): Row[] {
  return series.flatMap((each) => [
    medianRow(work, each, 'tasks a second', '/s', ({ perSecond }) => perSecond),
    medianRow(work, each, 'processor time of the client, each', 'µs', ({ microseconds }) => microseconds),
  ]);
}

/** Ours against the client below it. */
export function throughputTargets(work: string, series: readonly Series<Throughput>[]): Target[] {
  const rates = (name: string) =>
    series.find((each) => each.name === name)?.rounds.map(({ perSecond }) => perSecond) ?? [];
  return [tasks, jobs].map((ours) =>
    atLeast(work, `${ours}, against ${raw}`, medianRatio(rates(ours), rates(raw)), share),
  );
}
