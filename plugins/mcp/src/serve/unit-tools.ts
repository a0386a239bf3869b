import type { AnyFlow, AnyUnit } from '@aiwork/core';
import { unitsById } from '@aiwork/core/adapter-kit';
import type { Tool } from '@modelcontextprotocol/server';
import { validName } from '../valid-name.ts';
import { type ObjectSchema, objectSchema } from './object-schema.ts';
import { inputSchemaOf, isAgent, isFlow, outputSchemaOf } from './unit-schemas.ts';

/** A unit as clients see it. */
export interface UnitTool {
  readonly unit: AnyUnit;
  readonly tool: Tool;
  readonly input: ObjectSchema;
  readonly output?: ObjectSchema;
}

/**
 * A tool for each unit, by its name.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when two units share an id, or there is none.
 */
export function unitTools(
  units: readonly AnyUnit[],
  reserved: Iterable<string>,
): ReadonlyMap<string, UnitTool> {
  const taken = new Set(reserved);
  const tools = new Map<string, UnitTool>();
  for (const unit of unitsById(units).values()) {
    const name = validName(unit.id, unit.id, (candidate) => taken.has(candidate));
    taken.add(name);
    tools.set(name, unitTool(name, unit));
  }
  return tools;
}

function unitTool(name: string, unit: AnyUnit): UnitTool {
  const input = objectSchema(inputSchemaOf(unit), 'input');
  const outputJson = outputSchemaOf(unit);
  const output = outputJson && objectSchema(outputJson, 'result');
  const tool: Tool = {
    name,
    title: unit.id,
    description: descriptionOf(unit),
    inputSchema: input.schema,
    ...(output && { outputSchema: output.schema }),
    // Nothing is known of what its code does: what is left out here is taken for the worst.
    annotations: { title: unit.id },
  };
  return { unit, tool, input, ...(output && { output }) };
}

/** More than these tell a model nothing. */
const maxSteps = 12;

function descriptionOf(unit: AnyUnit): string {
  if (isAgent(unit)) {
    const { description } = unit.options;
    const what = `Asks the agent "${unit.id}", which works in turns until it has an answer.`;
    return description ? `${description}\n\n${what}` : what;
  }
  if (isFlow(unit)) return describeFlow(unit);
  const { description } = unit as { readonly description?: unknown };
  return typeof description === 'string' ? description : `Runs the task "${unit.id}".`;
}

function describeFlow(flow: AnyFlow): string {
  const { nodes } = flow.toGraph();
  const waits = nodes.filter(({ kind }) => kind === 'wait').map(({ id }) => `"${id}"`);
  const asks = waits.length === 0 ? '' : ` It asks for an answer at ${waits.join(', ')}.`;
  const steps = nodes.slice(0, maxSteps).map(({ id }) => id);
  const more = nodes.length > maxSteps ? ` and ${nodes.length - maxSteps} more` : '';
  return `Runs the flow "${flow.id}": ${steps.join(', ')}${more}.${asks}`;
}
