import type { AnyUnit, JsonSchema } from '@aiwork/core';
import { startBody } from '../schemas.ts';
import { inputJsonSchemaOf } from '../served-units.ts';

/** What starts each of some units, for a document of OpenAPI. */
export interface StartSchemas {
  /** Takes what starts any of them. */
  readonly body: JsonSchema;
  /** What it refers to, by its name among the document's schemas. */
  readonly components: Readonly<Record<string, JsonSchema>>;
}

/** As each unit's own schema has it; what says nothing of its input takes anything. */
export function startSchemas(units: readonly AnyUnit[]): StartSchemas {
  const components: Record<string, JsonSchema> = {};
  const choices = units.map((unit, i) => {
    const input = inputJsonSchemaOf(unit);
    const name = `Input-${i + 1}`;
    if (input) Object.assign(components, movedTo(name, input));
    return {
      ...startBody,
      title: `${unit.kind} ${unit.id}`,
      required: input && isRequired(input) ? ['unit', 'input'] : ['unit'],
      properties: {
        ...startBody.properties,
        unit: { ...startBody.properties.unit, const: unit.id },
        ...(input && { input: { $ref: `#/components/schemas/${name}` } }),
      },
    };
  });
  return { body: { oneOf: choices }, components };
}

/** A schema that says nothing of its value takes its absence, too. */
const isRequired = (input: JsonSchema) =>
  Object.keys(input).some((key) => key !== '$schema' && key !== 'description' && key !== 'title');

/** A schema with its definitions beside it, and what referred to them referring to where they are now. */
function movedTo(
  name: string,
  { $schema: _, $defs = {}, ...schema }: JsonSchema,
): Record<string, JsonSchema> {
  const placeOf = (local: string) => `${name}.${local.replaceAll(/[^\w.-]/g, '_')}`;
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, of]) => [
        key,
        key === '$ref' && typeof of === 'string' ? referenceTo(of) : moved(of),
      ]),
    );
  };
  const referenceTo = (ref: string) => {
    if (ref === '#') return `#/components/schemas/${name}`;
    return ref.startsWith('#/$defs/') ? `#/components/schemas/${placeOf(ref.slice('#/$defs/'.length))}` : ref;
  };
  const definitions = Object.entries($defs as Record<string, JsonSchema>).map(([local, of]) => [
    placeOf(local),
    moved(of),
  ]);
  return { ...Object.fromEntries(definitions), [name]: moved(schema) };
}
