import type { Findings } from '../report.ts';
import { openClients } from './clients.ts';
import { throughputRows, throughputTargets } from './produce.ts';
import type { Topics } from './topics-process.ts';

export interface ConsumeEffort {
  readonly rounds: number;
  readonly tasks: number;
}

/** Working on tasks that are there, with handlers that do nothing. All of a round's commits are checked. */
export async function consume(
  names: readonly string[],
  topics: Topics,
  partitions: number,
  { rounds, tasks }: ConsumeEffort,
): Promise<Findings> {
  const place = await topics.call('filled', 'filled', tasks);
  await using clients = await openClients(names, () => place);
  let groups = 0;
  const series = await clients.measure(names, rounds, async (host) => {
    groups += 1;
    const group = `readers-${groups}`;
    const throughput = await host.call('consume', place, group, partitions, tasks);
    await topics.call('checkCommitted', place, group);
    return throughput;
  });
  const work = `consume ${tasks.toLocaleString('en')} tasks, ${partitions} at once`;
  return { rows: throughputRows(work, series), targets: throughputTargets(work, series) };
}
