import { AiworkError, type AnyUnit, type JsonSchema, jsonSchemaOf, type Schema } from '@aiwork/core';
import { unitsById } from '@aiwork/core/adapter-kit';
import type { Access } from './auth/access.ts';

/** What clients of a server may run. */
export interface ServedUnits {
  readonly count: number;
  has(id: string): boolean;
  /** Those that somebody may see. */
  visibleTo(access: Access): readonly AnyUnit[];
  /** @throws `AIWORK_FLOW_NOT_REGISTERED`, with what there is to see. */
  requireFor(access: Access, id: string): AnyUnit;
}

/** @throws `AIWORK_INVALID_ARGUMENT` when two of them share an id, or there is none. */
export function servedUnits(units: readonly AnyUnit[]): ServedUnits {
  const byId = unitsById(units);

  const visibleTo = (access: Access) => [...byId.values()].filter(({ id }) => access.mayDo(id, 'read'));

  return {
    count: byId.size,
    has: (id) => byId.has(id),
    visibleTo,
    requireFor(access, id) {
      const unit = byId.get(id);
      if (unit && access.mayDo(id, 'read')) return unit;
      const known = visibleTo(access)
        .slice(0, 20)
        .map((each) => `"${each.id}"`);
      throw new AiworkError(
        'AIWORK_FLOW_NOT_REGISTERED',
        `nothing called "${id}" is served here; there is ${known.join(', ') || 'nothing that you may see'}`,
      );
    },
  };
}

/** What a unit takes, where it says so; agents take texts or messages. */
export function inputSchemaOf(unit: AnyUnit): Schema | undefined {
  return 'input' in unit && isSchema(unit.input) ? unit.input : undefined;
}

/** As JSON Schema, where its library offers that. */
export function inputJsonSchemaOf(unit: AnyUnit): JsonSchema | undefined {
  const schema = inputSchemaOf(unit);
  return schema && jsonSchemaOf(schema);
}

const isSchema = (value: unknown): value is Schema =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;
