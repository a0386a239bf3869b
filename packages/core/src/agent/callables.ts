import type { ToolDescription } from '../adapters/chat-model.ts';
import { requireJsonSchema } from '../schema.ts';
import { type AnyAgent, callableBy, handOffName, handOffsOf, toolsOf } from '../units/agent.ts';
import type { AnyTool } from '../units/tool.ts';

/** What a model may call in a turn, by name. */
export type Callables = ReadonlyMap<string, AnyTool | AnyAgent>;

/** Asked anew before each turn: tools may come and go. */
export function callablesOf(agent: AnyAgent): Callables {
  return callableBy(agent, toolsOf(agent), handOffsOf(agent));
}

/** What a model is told of them. */
export function describeCallables(callables: Callables): readonly ToolDescription[] {
  return [...callables.values()].map((unit) =>
    unit.kind === 'tool' ? describeTool(unit) : describeHandOff(unit),
  );
}

function describeTool(tool: AnyTool): ToolDescription {
  const inputSchema = requireJsonSchema(tool.input, `input of tool "${tool.id}"`);
  return { name: tool.id, description: tool.description, inputSchema };
}

function describeHandOff(agent: AnyAgent): ToolDescription {
  const { description } = agent.options;
  const what = `Hands the conversation over to the agent "${agent.id}", who answers in your place.`;
  return {
    name: handOffName(agent),
    description: description ? `${what} ${description}` : what,
    inputSchema: { type: 'object', properties: { reason: { type: 'string' } }, additionalProperties: false },
  };
}
