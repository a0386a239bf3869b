import { interleave, median } from '../measure.ts';
import type { Row } from '../report.ts';
import { type Functions, type Isolated, isolate } from './isolate.ts';

/** Contestants in processes of their own. */
export interface Contest<M extends Functions> extends AsyncDisposable {
  /**
   * Measures those whose name is in `names` in interleaved rounds, after one that does not count, and gives what `round`
   * gave of each.
   */
  measure<R>(
    names: readonly string[],
    rounds: number,
    round: (host: Isolated<M>, name: string) => Promise<R>,
  ): Promise<readonly Series<R>[]>;
}

/** What was measured of a contestant, round by round. */
export interface Series<R> {
  readonly name: string;
  readonly rounds: readonly R[];
}

/** Loads `functions` in a process for each of `names`, and prepares it by `begin`. */
export async function openContest<M extends Functions>(
  functions: URL,
  names: readonly string[],
  begin: (host: Isolated<M>, name: string) => Promise<unknown>,
): Promise<Contest<M>> {
  const hosts = new Map<string, Isolated<M>>();
  const close = async () => {
    await Promise.all([...hosts.values()].map((host) => host.close()));
  };
  try {
    for (const name of names) {
      const host = await isolate<M>(functions);
      hosts.set(name, host);
      await begin(host, name);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async measure(chosen, rounds, round) {
      const able = [...hosts].filter(([name]) => chosen.includes(name));
      for (const [name, host] of able) await round(host, name);
      const measured = await interleave(rounds, able, ([name, host]) => round(host, name));
      return able.map(([name], i) => ({ name, rounds: measured[i] ?? [] }));
    },
    [Symbol.asyncDispose]: close,
  };
}

/** The median of what `figureOf` says of each round. */
export function medianRow<R>(
  work: string,
  { name, rounds }: Series<R>,
  metric: string,
  unit: string,
  figureOf: (round: R) => number,
): Row {
  return { work, subject: name, metric, value: median(rounds.map(figureOf)), unit };
}
