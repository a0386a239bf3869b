import { medianRow } from '../isolated/contest.ts';
import { median } from '../measure.ts';
import { atMost, type Findings } from '../report.ts';
import { ours, type Servers } from './servers.ts';

export interface LatencyEffort {
  readonly rounds: number;
  readonly seconds: number;
}

const limitMs = 15;

/** How long an answer takes at half of the rate that a server can do. */
export async function latency(
  { contest, load, servedBy }: Servers,
  names: readonly string[],
  rateOf: (name: string) => number,
  { rounds, seconds }: LatencyEffort,
): Promise<Findings> {
  const series = await contest.measure(names, rounds, async (host, name) => {
    await host.call('reset');
    const answers = await load.call('pace', servedBy(name), { perSecond: rateOf(name) / 2, seconds });
    const { longest, sum } = await host.call('collected');
    return { ...answers, longest, collecting: (100 * sum) / (1000 * answers.lasted) };
  });
  const work = 'POST of a trivial unit, at half of its own rate';
  const mine = series.find(({ name }) => name === ours);
  const p99 = median(mine?.rounds.map((round) => round.p99) ?? []);
  return {
    rows: series.flatMap((each) => [
      medianRow(work, each, 'p50', 'ms', (round) => round.p50),
      medianRow(work, each, 'p99', 'ms', (round) => round.p99),
      medianRow(work, each, 'longest collection of garbage', 'ms', (round) => round.longest),
      medianRow(work, each, 'time for collecting garbage', '%', (round) => round.collecting),
    ]),
    targets: [atMost(work, `p99 of ${ours}`, p99, limitMs, 'ms')],
  };
}
