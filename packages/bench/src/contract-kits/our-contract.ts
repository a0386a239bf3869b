import type { AnyAdapter, Contract, Subject, SubjectClock } from '@aiwork/contract-tests';
import type { Saboteur } from '../../../../contract-tests/src/saboteurs/saboteur.ts';

/** A contract of ours, with the correct adapter and the broken ones that it is proven by. */
export interface OurContract<A extends AnyAdapter> {
  readonly contract: Contract<A>;
  readonly saboteurs: readonly Saboteur<A>[];
  reference(clock?: SubjectClock): Subject<A>;
}

/** Those that are wrong while everything works: no peer's suite makes a wire or a service fail. */
export function withoutFaults<A extends AnyAdapter>(
  saboteurs: readonly Saboteur<A>[],
): readonly Saboteur<A>[] {
  return saboteurs.filter(({ onlyNamed }) => !onlyNamed);
}

/** Programs and suites of peers measure time by `Date`, which they move; what they are tried on has to follow. */
const processClock: SubjectClock = { now: () => Date.now(), advance() {} };

/** A saboteur by its id, or the reference where there is none, by the clock of the process. */
export async function subjectOf<A extends AnyAdapter>(
  { saboteurs, reference }: OurContract<A>,
  saboteur: string | undefined,
): Promise<Subject<A>> {
  if (saboteur === undefined) return reference(processClock);
  const found = saboteurs.find(({ id }) => id === saboteur);
  if (!found) throw new RangeError(`there is no saboteur ${JSON.stringify(saboteur)}`);
  return found.sabotage(reference(processClock));
}
