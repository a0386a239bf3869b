import { AiworkError } from '../errors.ts';
import { type AnyUnit, isUnit } from '../units/runnable.ts';

/** The units an orchestrator knows, in all their versions. */
export interface UnitRegistry {
  add(unit: AnyUnit): void;
  /** The version asked for, else the one registered last. */
  find(id: string, version?: string): AnyUnit | undefined;
  /** Of each unit the version registered last. */
  newest(): Iterable<AnyUnit>;
}

export function createUnitRegistry(units: readonly AnyUnit[] = []): UnitRegistry {
  const byId = new Map<string, Map<string, AnyUnit>>();

  function add(unit: AnyUnit): void {
    if (!isUnit(unit)) {
      throw new AiworkError(
        'AIWORK_INVALID_ARGUMENT',
        `${unit === undefined ? 'undefined' : 'what was given'} is not a unit: give a task, tool, agent or flow`,
      );
    }
    let versions = byId.get(unit.id);
    if (!versions) {
      versions = new Map();
      byId.set(unit.id, versions);
    }
    if (versions.get(unit.version) === unit && versions.size === 1) return;
    // Set again, so that it is the last one.
    versions.delete(unit.version);
    versions.set(unit.version, unit);
  }

  for (const unit of units) {
    const known = isUnit(unit) ? byId.get(unit.id)?.get(unit.version) : undefined;
    if (known !== undefined && known !== unit) {
      throw new AiworkError(
        'AIWORK_DUPLICATE_ID',
        `two units are called "${unit.id}" in version "${unit.version}": give each its own id, or its own version`,
      );
    }
    add(unit);
  }
  return {
    add,
    find(id, version) {
      const versions = byId.get(id);
      return (version !== undefined && versions?.get(version)) || [...(versions?.values() ?? [])].at(-1);
    },
    *newest() {
      for (const versions of byId.values()) yield [...versions.values()].at(-1) as AnyUnit;
    },
  };
}
