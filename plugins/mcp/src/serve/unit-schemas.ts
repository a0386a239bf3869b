import {
  type AnyAgent,
  type AnyFlow,
  type AnyUnit,
  type JsonSchema,
  jsonSchemaOf,
  type Schema,
} from '@aiwork/core';

export const isFlow = (unit: AnyUnit): unit is AnyFlow => unit.kind === 'flow';
export const isAgent = (unit: AnyUnit): unit is AnyAgent => unit.kind === 'agent';

const conversation: JsonSchema = { type: 'string', description: 'What to say to the agent.' };

/** What a unit takes; agents take texts. */
export function inputSchemaOf(unit: AnyUnit): JsonSchema | undefined {
  if (isAgent(unit)) return conversation;
  return 'input' in unit && isSchema(unit.input) ? jsonSchemaOf(unit.input) : undefined;
}

/**
 * What a unit gives, where it is sure to give it: a flow's when its last step calls a unit that says so, and none where the
 * run may stop to ask first.
 */
export function outputSchemaOf(unit: AnyUnit): JsonSchema | undefined {
  if (isAgent(unit)) return unit.options.output && jsonSchemaOf(unit.options.output, 'output');
  if (isFlow(unit)) return outputSchemaOfFlow(unit);
  return 'output' in unit && isSchema(unit.output) ? jsonSchemaOf(unit.output, 'output') : undefined;
}

function outputSchemaOfFlow(flow: AnyFlow): JsonSchema | undefined {
  const { nodes, output } = flow.toGraph();
  if (nodes.some(({ kind }) => kind === 'wait')) return undefined;
  const last = nodes.find(({ id }) => id === output);
  if (last?.kind !== 'call' || last.when || last.onError) return undefined;
  const called = flow.parts().units[`${last.unit.kind}:${last.unit.id}`];
  return called && outputSchemaOf(called);
}

export const isSchema = (value: unknown): value is Schema =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;
