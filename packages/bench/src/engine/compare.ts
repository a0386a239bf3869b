import { isolate } from '../isolated/isolate.ts';
import { interleave, median } from '../measure.ts';
import type { Row, Skipped } from '../report.ts';
import { nameOf, type Work } from './work.ts';

/** A subject, and the module it is in. */
export interface Contestant {
  readonly name: string;
  readonly module: URL;
  /** Handed to its `prepare`. */
  readonly options?: unknown;
  /** Ours: the benchmark cannot go on without it. */
  readonly required?: boolean;
}

export interface Effort {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly roundMs: number;
}

export interface Comparison {
  readonly rows: readonly Row[];
  readonly skipped: readonly Skipped[];
  /** Median microseconds a step; `undefined` when it could not be measured. */
  of(subject: string, work: Work): number | undefined;
}

type Rounds = typeof import('./rounds.ts');

/** Measures all contestants on all works, each in a process of its own, rounds interleaved. */
export async function compare(
  contestants: readonly Contestant[],
  works: readonly Work[],
  effort: Effort,
  describe: (work: Work) => string = nameOf,
): Promise<Comparison> {
  const skipped: Skipped[] = [];
  const hosts = [];
  try {
    for (const contestant of contestants) {
      const host = await isolate<Rounds>(new URL('./rounds.ts', import.meta.url));
      try {
        await host.call('load', contestant.module.href, contestant.options);
        const runs: number[] = [];
        for (const work of works) runs.push(await host.call('warmUp', work, effort.warmUpMs, effort.roundMs));
        hosts.push({ contestant, host, runs });
      } catch (error) {
        await host.close();
        if (contestant.required) throw error;
        skipped.push({ subject: contestant.name, why: firstLine(error) });
      }
    }
    const rows: Row[] = [];
    const medians = new Map<string, number>();
    for (const [index, work] of works.entries()) {
      const measured = await interleave(effort.rounds, hosts, ({ host, runs }) =>
        host.call('round', work, runs[index] as number),
      );
      for (const [i, { contestant }] of hosts.entries()) {
        const times = measured[i] as number[];
        const common = { work: describe(work), subject: contestant.name, unit: 'µs' };
        medians.set(`${contestant.name} ${nameOf(work)}`, median(times));
        rows.push(
          { ...common, metric: 'time a step', value: median(times) },
          { ...common, metric: 'time a step, fastest round', value: Math.min(...times) },
        );
      }
    }
    return { rows, skipped, of: (subject, work) => medians.get(`${subject} ${nameOf(work)}`) };
  } finally {
    await Promise.all(hosts.map(({ host }) => host.close()));
  }
}

export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
