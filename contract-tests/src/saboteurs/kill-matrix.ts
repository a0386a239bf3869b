import type { AnyAdapter } from '../engine/any-adapter.ts';
import { checkContract } from '../engine/check-contract.ts';
import { type Contract, checksOf } from '../engine/contract.ts';
import { createLanes } from '../engine/lanes.ts';
import type { Subject } from '../engine/subject.ts';
import type { Kill, Saboteur } from './saboteur.ts';

interface Row {
  readonly saboteur: string;
  /** Every check that failed, with its message. */
  readonly failed: ReadonlyMap<string, string>;
  /** Kills that were expected and did not happen, or not with their message. */
  readonly missed: readonly Kill[];
  readonly durationMs: number;
}

/** Who caught whom. */
export interface KillMatrix {
  readonly rows: readonly Row[];
  /** Checks that no saboteur names: nothing shows that they can fail. */
  readonly idle: readonly string[];
}

/** How the matrix is watched, and given up. */
interface Watch {
  /** Called after each saboteur. */
  readonly onRow?: (row: Row) => void;
  readonly signal?: AbortSignal;
}

/** A saboteur that never answers has to be given up soon; a correct adapter in memory answers at once. */
const deadlineMs = 3000;
/** For one check on its own, beside others, on a busy machine. Whoever never answers says what is soon enough. */
const namedDeadlineMs = 30_000;
const atOnce = 6;

/** Runs a contract against each saboteur. */
export async function killMatrix<A extends AnyAdapter>(
  contract: Contract<A>,
  saboteurs: readonly Saboteur<A>[],
  reference: () => Subject<A>,
  seed: number,
  { onRow, signal }: Watch = {},
): Promise<KillMatrix> {
  const alone = new Set(checksOf(contract).flatMap((check) => (check.alone ? [check.id] : [])));

  async function rowOf({
    id,
    sabotage,
    caughtBy,
    onlyNamed,
    deadlineMs: own = namedDeadlineMs,
  }: Saboteur<A>) {
    const start = performance.now();
    const run = { contract, name: id, subject: () => sabotage(reference()) };
    const named = onlyNamed && {
      checks: caughtBy.map(({ check }) => check),
      deadlineMs: own,
    };
    const { checks } = await checkContract(run, { seed, deadlineMs, ...named, ...(signal && { signal }) });
    const failed = new Map(
      checks.flatMap(({ id: check, failure }) => (failure ? [[check, failure.message]] : [])),
    );
    const missed = caughtBy.filter(({ check, message }) => !failed.get(check)?.includes(message));
    const row = { saboteur: id, failed, missed, durationMs: Math.round(performance.now() - start) };
    onRow?.(row);
    return row;
  }

  // Those that wait run beside each other; a check that looks at the whole process suffers no neighbour.
  const lanes = createLanes(atOnce);
  const rows = await Promise.all(
    saboteurs.map((saboteur) => {
      const waits = saboteur.onlyNamed && !saboteur.caughtBy.some(({ check }) => alone.has(check));
      return lanes.run(waits ? 'beside' : 'alone', () => rowOf(saboteur));
    }),
  );
  const named = new Set(saboteurs.flatMap(({ caughtBy }) => caughtBy.map(({ check }) => check)));
  const idle = checksOf(contract).flatMap(({ id }) => (named.has(id) ? [] : [id]));
  return { rows, idle };
}
