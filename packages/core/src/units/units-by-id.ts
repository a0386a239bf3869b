import { invalidArgument } from '../embedded/argument-checks.ts';
import type { AnyUnit } from './runnable.ts';

/**
 * Units that somebody else may start, by id: those who ask, and records of runs, know them by nothing else.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when two of them share an id, or there is none.
 * @example
 * ```ts
 * import { defineTask } from '@aiwork/core';
 * import { unitsById } from '@aiwork/core/adapter-kit';
 * import { z } from 'zod';
 *
 * const double = defineTask({ id: 'double', input: z.number(), run: (n) => 2 * n });
 * console.log(unitsById([double]).has('double')); // true
 * ```
 * @since 0.1.0
 */
export function unitsById(units: readonly AnyUnit[]): ReadonlyMap<string, AnyUnit> {
  if (units.length === 0) throw invalidArgument('units is empty: name at least one that may be run');
  const byId = new Map<string, AnyUnit>();
  for (const unit of units) {
    const other = byId.get(unit.id);
    if (other && other !== unit) {
      throw invalidArgument(
        `units holds a ${other.kind} and a ${unit.kind} called "${unit.id}", and they are known by their ids alone: give one of them another`,
      );
    }
    byId.set(unit.id, unit);
  }
  return byId;
}
