import { AiworkError, type FlowGraph, type JsonSchema } from '@aiwork/core';
import { type Code, call, keyword } from '../python/layout.ts';
import { dictionary, literal } from '../python/literal.ts';
import type { InputForm } from './dag-plan.ts';

export interface PlannedParams {
  readonly form: InputForm;
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
    const param = planParam(schema ?? {}, input, !isScheduled && asksForSomething(schema));
    return { form: 'whole', params: dictionary([['input', param]]) };
  }
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const values = isRecord(input) ? input : {};
  const names = [...new Set([...Object.keys(properties), ...Object.keys(values)])].sort();
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
    return [name, planParam(isRecord(property) ? property : {}, value, required.has(name))];
  });
  return { form: 'fields', params: dictionary(params) };
}

/** Whether a schema says more than that anything will do, and nothing too. */
const asksForSomething = (schema: JsonSchema | undefined): boolean =>
  Object.keys(schema ?? {}).some((name) => !name.startsWith('$'));

function planParam(schema: JsonSchema, value: unknown, required: boolean): Code {
  const given = value ?? defaultOf(schema);
  const { description } = schema;
  const entries = Object.entries(schema).filter(([name]) => kept.has(name));
  const constraints = holdsRefs(schema) ? [] : entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return call('Param', [
    ...(given === undefined ? (required ? [] : ['None']) : [literal(given)]),
    ...(typeof description === 'string' ? [keyword('description', literal(description))] : []),
    ...constraints.flatMap(([name, constraint]) => {
      const wanted = required || given !== undefined ? constraint : orNull(name, constraint);
      return wanted === undefined ? [] : [keyword(name, literal(wanted))];
    }),
  ]);
}

/** A parameter that may be left out is then `None`, which its own constraints have to allow. */
function orNull(name: string, constraint: unknown): unknown {
  if (name === 'type') return [...new Set([constraint].flat()), 'null'];
  if (name === 'enum') return Array.isArray(constraint) ? [...constraint, null] : undefined;
  return name === 'const' ? undefined : constraint;
}

const defaultOf = (schema: unknown): unknown => (isRecord(schema) ? schema['default'] : undefined);

const holdsRefs = (schema: JsonSchema): boolean => JSON.stringify(schema).includes('"$ref"');

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
