import type { AnyAdapter } from '../engine/any-adapter.ts';
import { checkContract } from '../engine/check-contract.ts';
import { type Contract, checksOf } from '../engine/contract.ts';
import type { Subject } from '../engine/subject.ts';
import type { Kill, Saboteur } from './saboteur.ts';

/** Who caught whom. */
export interface KillMatrix {
  readonly rows: readonly {
    readonly saboteur: string;
    /** Every check that failed, with its message. */
    readonly failed: ReadonlyMap<string, string>;
    /** Kills that were expected and did not happen, or not with their message. */
    readonly missed: readonly Kill[];
  }[];
  /** Checks that no saboteur names: nothing shows that they can fail. */
  readonly idle: readonly string[];
}

/** A saboteur that never answers has to be given up soon; a correct adapter in memory answers at once. */
const deadlineMs = 3000;

/** Runs a contract against each saboteur. */
export async function killMatrix<A extends AnyAdapter>(
  contract: Contract<A>,
  saboteurs: readonly Saboteur<A>[],
  reference: () => Subject<A>,
  seed: number,
): Promise<KillMatrix> {
  const rows: KillMatrix['rows'][number][] = [];
  for (const { id, sabotage, caughtBy } of saboteurs) {
    const run = { contract, name: id, subject: () => sabotage(reference()) };
    const { checks } = await checkContract(run, { seed, deadlineMs });
    const failed = new Map(
      checks.flatMap(({ id: check, failure }) => (failure ? [[check, failure.message]] : [])),
    );
    const missed = caughtBy.filter(({ check, message }) => !failed.get(check)?.includes(message));
    rows.push({ saboteur: id, failed, missed });
  }
  const named = new Set(saboteurs.flatMap(({ caughtBy }) => caughtBy.map(({ check }) => check)));
  const idle = checksOf(contract).flatMap(({ id }) => (named.has(id) ? [] : [id]));
  return { rows, idle };
}
