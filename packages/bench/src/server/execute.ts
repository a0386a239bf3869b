import { medianRatio } from '../measure.ts';
import { atLeast, type Findings } from '../report.ts';
import type { BurstRound, Servers, WithCost } from './servers.ts';
import { bare, burstRows, langgraph, mastra, ours, withCost, withTelemetry } from './servers.ts';

export interface ExecuteEffort {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
}

/** Of each, how much of its rate at least. */
const limits: readonly (readonly [name: string, against: string, limit: number])[] = [
  [ours, bare, 0.7],
  [ours, mastra, 3],
  [ours, langgraph, 3],
  [withTelemetry, ours, 0.9],
];

/** A trivial unit, asked for by as many clients as get an answer; gives the rate of each server, too. */
export async function execute(
  { contest, load, servedBy }: Servers,
  names: readonly string[],
  { rounds, seconds, connections }: ExecuteEffort,
): Promise<Findings & { readonly rateOf: (name: string) => number }> {
  const series = await contest.measure(names, rounds, (host, name) =>
    withCost(host, () => load.call('burst', servedBy(name), { connections, seconds })),
  );
  const work = `POST of a trivial unit, ${connections} connections`;
  const rows = series.flatMap((each) => burstRows(work, each));
  const ratesOf = (name: string) => {
    const rates = (round: WithCost<BurstRound>) => round.result.perSecond;
    return series.find((each) => each.name === name)?.rounds.map(rates) ?? [];
  };
  const targets = limits.map(([name, against, limit]) =>
    atLeast(work, `rate of ${name} against ${against}`, medianRatio(ratesOf(name), ratesOf(against)), limit),
  );
  const rateOf = (name: string) =>
    rows.find(({ subject, unit }) => subject === name && unit === '/s')?.value ?? Number.NaN;
  return { rows, targets, rateOf };
}
