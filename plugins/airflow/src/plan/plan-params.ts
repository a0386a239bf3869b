import { AiworkError, type FlowGraph, type JsonSchema } from '@aiwork/core';
import { type Code, call, keyword } from '../python/layout.ts';
import { dictionary, literal } from '../python/literal.ts';
import type { PlannedInput } from './dag-plan.ts';

export interface PlannedParams extends PlannedInput {
  readonly params: Code;
}

/**
 * What Airflow checks and draws a form from. Left out are patterns, which mean other things in Python, and references,
 * since each parameter stands by itself: the flow checks its input in any case.
 */
const kept = new Set(
  (
    'type enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems ' +
    'uniqueItems title format'
  ).split(' '),
);

/** The parameters of a run, of the flow's input. `input` is what its schedule starts it with. */
export function planParams(graph: FlowGraph, input: unknown): PlannedParams {
  const schema = graph.inputSchema;
  const isScheduled = graph.schedules !== undefined && graph.schedules.length > 0;
  if (schema?.['type'] !== 'object') {
    const required = !isScheduled && asksForSomething(schema);
    const param = planParam(schema ?? {}, input, required);
    const optional = param.isOptional ? { input: acceptsNull(schema ?? {}) } : {};
    return { form: 'whole', params: dictionary([['input', param.code]]), optional };
  }
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const values = isRecord(input) ? input : {};
  const names = [...new Set([...Object.keys(properties), ...Object.keys(values)])].sort();
  const optional: [name: string, acceptsNull: boolean][] = [];
  const params = names.map((name): readonly [string, Code] => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (isScheduled && required.has(name) && value === undefined && defaultOf(property) === undefined) {
      throw new AiworkError(
        'AIWORK_INVALID_FLOW',
        `flow "${graph.id}" needs "${name}" as input, and its schedule gives none: add it to the schedule's input`,
        { outcome: 'not-applied' },
      );
    }
    const schema = isRecord(property) ? property : {};
    const { code, isOptional } = planParam(schema, value, required.has(name));
    if (isOptional) optional.push([name, acceptsNull(schema)]);
    return [name, code];
  });
  return { form: 'fields', params: dictionary(params), optional: Object.fromEntries(optional) };
}

/** Whether a schema says more than that anything will do, and nothing too. */
const asksForSomething = (schema: JsonSchema | undefined): boolean =>
  Object.keys(schema ?? {}).some((name) => !name.startsWith('$'));

function planParam(schema: JsonSchema, value: unknown, required: boolean) {
  const given = value === undefined ? defaultOf(schema) : value;
  const isOptional = !required && given === undefined;
  const { description } = schema;
  const entries = Object.entries(schema).filter(([name]) => kept.has(name));
  const constraints = holdsRefs(schema) ? [] : entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const code = call('Param', [
    ...(isOptional ? ['None'] : given === undefined ? [] : [literal(given)]),
    ...(typeof description === 'string' ? [keyword('description', literal(description))] : []),
    ...constraints.flatMap(([name, constraint]) =>
      isOptional ? orNull(name, constraint) : [keyword(name, literal(constraint))],
    ),
  ]);
  return { code, isOptional };
}

/** A parameter that may be left out is then `None`, which its own constraints have to allow. */
function orNull(name: string, constraint: unknown): readonly Code[] {
  if (name === 'type') return [keyword(name, literal([...new Set([constraint, 'null'].flat())]))];
  if (name === 'const') return [];
  // The form of Airflow 2 has no way to choose none of an enumeration.
  if (name === 'enum') return [keyword('examples', literal(constraint))];
  return [keyword(name, literal(constraint))];
}

/** Whether `null` is a value of its own; where a reference would have to be followed to know, it is not. */
function acceptsNull(schema: unknown): boolean {
  if (!isRecord(schema)) return schema === true;
  const { type, enum: values, anyOf, oneOf } = schema;
  if (type !== undefined) return [type].flat().includes('null');
  if (Array.isArray(values)) return values.includes(null);
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) return choices.some(acceptsNull);
  return !['const', '$ref', 'allOf', 'not'].some((name) => Object.hasOwn(schema, name));
}

const defaultOf = (schema: unknown): unknown => (isRecord(schema) ? schema['default'] : undefined);

const holdsRefs = (schema: JsonSchema): boolean => JSON.stringify(schema).includes('"$ref"');

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
