import { median, medianRatio, percentile } from '../measure.ts';
import { atMost, type Findings, type Row } from '../report.ts';
import type { Place } from './client-subject.ts';
import { openClients, raw, tasks } from './clients.ts';

export interface LatencyEffort {
  readonly rounds: number;
  readonly perSecond: number;
  /** Tasks of a round. */
  readonly count: number;
}

/** Of the raw client's, at most. */
const share = 1.5;

/** How long a task is on its way where they come steadily. */
export async function latency(
  names: readonly string[],
  placeOf: (name: string) => Place,
  partitions: number,
  { rounds, perSecond, count }: LatencyEffort,
): Promise<Findings> {
  await using clients = await openClients(names, placeOf);
  const series = await clients.measure(names, rounds, async (host, name) => {
    const taken = await host.call('latencies', placeOf(name), partitions, perSecond, count);
    return { p50: percentile(taken, 0.5), p99: percentile(taken, 0.99) };
  });
  const work = `from producing a task to its handler, ${perSecond} a second`;
  const p99s = (name: string) =>
    series.find((each) => each.name === name)?.rounds.map(({ p99 }) => p99) ?? [];
  return {
    rows: series.flatMap(({ name, rounds }): Row[] =>
      (['p50', 'p99'] as const).map((metric) => ({
        work,
        subject: name,
        metric,
        value: median(rounds.map((round) => round[metric])),
        unit: 'ms',
      })),
    ),
    targets: [atMost(work, `p99 of ${tasks}, against ${raw}`, medianRatio(p99s(tasks), p99s(raw)), share)],
  };
}
