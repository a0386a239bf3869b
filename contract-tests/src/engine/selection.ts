import type { AnyAdapter } from './any-adapter.ts';
import { type Check, type CheckGroup, type Contract, checksOf } from './contract.ts';

/** In the order in which they cost time. */
export const profiles = ['core', 'faults', 'restart'] as const;

/**
 * What a check does to the service. `core`: it is only used. `faults`: the wire to it is cut. `restart`: it is
 * restarted or killed.
 *
 * @since 0.1.0
 */
export type Profile = (typeof profiles)[number];

/** Which checks of a contract to run. Default: all. @since 0.1.0 */
export interface Selection {
  /** Ids, or what they begin with: `state-store.ttl` stands for all of its group. */
  readonly checks?: readonly string[];
  readonly profiles?: readonly Profile[];
}

export function profileOf<A extends AnyAdapter>({ needs = [] }: Check<A>): Profile {
  if (needs.includes('service-restart') || needs.includes('service-kill')) return 'restart';
  return needs.includes('link-faults') ? 'faults' : 'core';
}

/** Whether `asked` is the check's id or what it begins with, up to a dot. */
export function isNamed(id: string, asked: string): boolean {
  return id === asked || id.startsWith(`${asked}.`);
}

/**
 * The groups with those of their checks that were asked for; none that is empty.
 *
 * @throws RangeError for a name that no check of the contract has.
 */
export function selectGroups<A extends AnyAdapter>(
  contract: Contract<A>,
  { checks: asked, profiles: wanted }: Selection,
): readonly CheckGroup<A>[] {
  const unknown = asked?.find((name) => !checksOf(contract).some(({ id }) => isNamed(id, name)));
  if (unknown !== undefined) {
    throw new RangeError(
      `${contract.id} has no check ${JSON.stringify(unknown)}: list its checks to see their ids`,
    );
  }
  const isSelected = (check: Check<A>) =>
    (asked?.some((name) => isNamed(check.id, name)) ?? true) && (wanted?.includes(profileOf(check)) ?? true);
  return contract.groups
    .map((group) => ({ ...group, checks: group.checks.filter(isSelected) }))
    .filter(({ checks }) => checks.length > 0);
}
