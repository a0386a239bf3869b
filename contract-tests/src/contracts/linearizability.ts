import type { CheckContext } from '../engine/check-context.ts';
import { Undecided } from '../engine/violation.ts';

/** One call as its caller saw it. Times are of one clock that rises with every call and every answer. */
export interface Call<Op> {
  readonly client: number;
  readonly op: Op;
  readonly from: number;
  readonly to: number;
}

/**
 * What a register does, one call after the other: the next state, or `undefined` where a call cannot have had its
 * answer in `state`.
 */
export type Step<Op, State extends string> = (state: State, op: Op) => State | undefined;

export type LinearizabilityVerdict = 'linearizable' | 'not-linearizable' | 'undecided';

interface Search<Op, State extends string> {
  readonly calls: readonly Call<Op>[];
  readonly step: Step<Op, State>;
  readonly seen: Set<string>;
  budget: number;
}

/**
 * Whether the calls can have happened one after the other, each between its beginning and its end.
 *
 * The search of Wing and Gong, "Testing and verifying concurrent objects" (1993), with Lowe's memory of what was tried
 * ("Testing for linearizability", 2017). `undecided` when `budget` steps were not enough.
 */
export function checkLinearizable<Op, State extends string>(
  calls: readonly Call<Op>[],
  initial: State,
  step: Step<Op, State>,
  budget = 200_000,
): LinearizabilityVerdict {
  const inOrder = calls.toSorted((a, b) => a.from - b.from);
  const search: Search<Op, State> = { calls: inOrder, step, seen: new Set(), budget };
  const found = explore(search, new Set(inOrder.keys()), initial);
  if (found) return 'linearizable';
  return search.budget <= 0 ? 'undecided' : 'not-linearizable';
}

function explore<Op, State extends string>(
  search: Search<Op, State>,
  remaining: ReadonlySet<number>,
  state: State,
): boolean {
  if (remaining.size === 0) return true;
  const tried = `${[...remaining].join()}|${state}`;
  if (search.seen.has(tried)) return false;
  search.seen.add(tried);
  const calls = [...remaining].map((index) => [index, search.calls[index] as Call<Op>] as const);
  const firstEnd = Math.min(...calls.map(([, { to }]) => to));
  for (const [index, { op, from }] of calls) {
    // What began after another call had ended cannot come before that one.
    if (from > firstEnd) break;
    search.budget -= 1;
    if (search.budget <= 0) return false;
    const next = search.step(state, op);
    if (next === undefined) continue;
    if (explore(search, remaining.difference(new Set([index])), next)) return true;
  }
  return false;
}

/**
 * The calls have to fit one order.
 *
 * @throws Undecided when the search for it ran out of its budget.
 */
export function fitOneOrder<Op extends object, State extends string>(
  t: Pick<CheckContext<never>, 'that' | 'evidence'>,
  calls: readonly Call<Op>[],
  initial: State,
  step: Step<Op, State>,
): void {
  const verdict = checkLinearizable(calls, initial, step);
  t.evidence('calls', calls.length);
  if (verdict === 'undecided') {
    throw new Undecided('the search for an order of the calls ran out of its budget');
  }
  const shown = calls.slice(0, 6).map(({ client, op, from, to }) => ({ client, from, to, ...op }));
  t.that(
    verdict === 'linearizable',
    `one order in which all ${calls.length} calls could have had their answers`,
    shown,
  );
}
