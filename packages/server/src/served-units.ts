import {
  AiworkError,
  type AnyFlow,
  type AnyUnit,
  type JsonSchema,
  jsonSchemaOf,
  type Schema,
} from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';

/** What clients of a server may run. */
export interface ServedUnits {
  /** In the order in which they were given. */
  readonly all: readonly AnyUnit[];
  has(id: string): boolean;
  /** @throws `AIWORK_FLOW_NOT_REGISTERED`, with what there is. */
  require(id: string): AnyUnit;
  /** @throws `AIWORK_FLOW_NOT_REGISTERED`. */
  requireFlow(id: string): AnyFlow;
}

/** @throws `AIWORK_INVALID_ARGUMENT` when two of them share an id, or there is none. */
export function servedUnits(units: readonly AnyUnit[]): ServedUnits {
  if (units.length === 0) throw invalidArgument('units is empty: name at least one that may be run');
  const byId = new Map<string, AnyUnit>();
  for (const unit of units) {
    const other = byId.get(unit.id);
    if (other && other !== unit) {
      throw invalidArgument(
        `units holds a ${other.kind} and a ${unit.kind} called "${unit.id}", and requests name them by id alone`,
      );
    }
    byId.set(unit.id, unit);
  }

  function require(id: string): AnyUnit {
    const unit = byId.get(id);
    if (unit) return unit;
    throw missing(id, [...byId.keys()]);
  }

  return {
    all: [...byId.values()],
    has: (id) => byId.has(id),
    require,
    requireFlow(id) {
      const unit = byId.get(id);
      if (unit && isFlow(unit)) return unit;
      throw missing(
        id,
        [...byId.values()].filter(isFlow).map((flow) => flow.id),
      );
    },
  };
}

const isFlow = (unit: AnyUnit): unit is AnyFlow => unit.kind === 'flow';

function missing(id: string, known: readonly string[]): AiworkError {
  const some = known.slice(0, 20).map((each) => `"${each}"`);
  return new AiworkError(
    'AIWORK_FLOW_NOT_REGISTERED',
    `nothing called "${id}" is served here; there is ${some.join(', ') || 'nothing of that kind'}`,
  );
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
