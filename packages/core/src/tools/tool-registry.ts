import { AiworkError } from '../errors.ts';
import { jsonSchemaOf, requireJsonSchema } from '../schema.ts';
import type { ToolSource } from '../units/agent.ts';
import { isUnit } from '../units/runnable.ts';
import type { AnyTool } from '../units/tool.ts';
import { callTool, type ToolCallOptions, type ToolOutcome } from './tool-call.ts';
import { type MCPToolList, mcpTool, type OpenAITool, openAITool, type ToolInfo } from './tool-formats.ts';

/** Tools as one agent, or everybody, sees them. An agent takes it as its `tools`. @since 0.1.0 */
export interface ToolSet extends ToolSource {
  /** Sorted by name. */
  list(): readonly ToolInfo[];
  /**
   * Calls a tool. Whatever goes wrong with it is data: no such tool (`AIWORK_TOOL_NOT_FOUND`), an input it does not take
   * (`AIWORK_INVALID_INPUT`), an error it throws. Without `ctx` the tool runs by itself, with nothing journaled.
   * `approval` is the caller's to ask for.
   *
   * @throws the signal's reason when that aborts; with `ctx`, what ends the run.
   */
  call(name: string, input: unknown, options?: ToolCallOptions): Promise<ToolOutcome>;
  toOpenAI(): readonly OpenAITool[];
  /** @throws `AIWORK_INVALID_ARGUMENT` when a tool does not take an object: the protocol knows no other. */
  toMCP(): MCPToolList;
}

/** Tools that come and go while the program runs. @since 0.1.0 */
export interface ToolRegistry extends ToolSet {
  /**
   * Adds a tool, for all or for one agent, and returns a function that takes it away again. An agent's own tool goes
   * before one of the same name for all.
   *
   * @throws `AIWORK_DUPLICATE_ID` when the agent, or all, have one of this name; `AIWORK_NO_JSON_SCHEMA` when its input
   * cannot be shown to a model.
   */
  register(tool: AnyTool, options?: { readonly agent?: string }): () => void;
  /** Whether there was one. */
  unregister(name: string, options?: { readonly agent?: string }): boolean;
  /** The tools of an agent: its own and those for all, as they are at each moment. */
  forAgent(agentId: string): ToolSet;
}

/**
 * Makes a registry of tools.
 *
 * @example
 * ```ts
 * import { createToolRegistry, defineAgent, defineTool } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const registry = createToolRegistry();
 * const add = defineTool({
 *   name: 'add',
 *   description: 'Adds two numbers.',
 *   input: z.object({ a: z.number(), b: z.number() }),
 *   run: ({ a, b }) => a + b,
 * });
 * registry.register(add, { agent: 'clerk' });
 * const clerk = defineAgent({ id: 'clerk', instructions: 'Count.', tools: registry.forAgent('clerk') });
 *
 * console.log(await registry.forAgent(clerk.id).call('add', { a: 1, b: 2 })); // { ok: true, value: 3 }
 * console.log(registry.list().length); // 0
 * ```
 * @since 0.1.0
 */
export function createToolRegistry(): ToolRegistry {
  const everybody = new Map<string, ToolEntry>();
  const byAgent = new Map<string, Map<string, ToolEntry>>();
  const setOf = (agent?: string) => (agent === undefined ? everybody : byAgent.get(agent));

  function unregister(name: string, { agent }: { readonly agent?: string } = {}): boolean {
    return setOf(agent)?.delete(name) ?? false;
  }

  return {
    ...toolSet(() => everybody),
    register(tool, { agent } = {}) {
      const entry = entryOf(tool, agent);
      const set = setOf(agent) ?? new Map<string, ToolEntry>();
      if (agent !== undefined) byAgent.set(agent, set);
      if (set.has(tool.id)) {
        const whose = agent === undefined ? 'for all agents' : `of agent "${agent}"`;
        throw new AiworkError(
          'AIWORK_DUPLICATE_ID',
          `there is a tool called "${tool.id}" ${whose} already: unregister it first, or give the other one another name`,
        );
      }
      set.set(tool.id, entry);
      return () => {
        if (set.get(tool.id) === entry) set.delete(tool.id);
      };
    },
    unregister,
    forAgent: (agentId) => toolSet(() => new Map([...everybody, ...(byAgent.get(agentId) ?? [])])),
  };
}

interface ToolEntry {
  readonly tool: AnyTool;
  readonly info: ToolInfo;
}

function entryOf(tool: AnyTool, agent: string | undefined): ToolEntry {
  if (!isUnit(tool) || tool.kind !== 'tool') {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      'only tools can be registered: give what defineTool returned',
    );
  }
  const outputSchema = tool.output && jsonSchemaOf(tool.output, 'output');
  const info = Object.freeze({
    name: tool.id,
    description: tool.description,
    tags: tool.tags,
    inputSchema: requireJsonSchema(tool.input, `input of tool "${tool.id}"`),
    ...(outputSchema && { outputSchema }),
    ...(agent !== undefined && { agent }),
  });
  return { tool, info };
}

function toolSet(entries: () => ReadonlyMap<string, ToolEntry>): ToolSet {
  const list = () =>
    [...entries().values()].map(({ info }) => info).sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    list,
    tools: () => [...entries().values()].map(({ tool }) => tool),
    call: (name, input, options = {}) => callTool(entries().get(name)?.tool, name, input, options),
    toOpenAI: () => list().map(openAITool),
    toMCP: () => ({ tools: list().map(mcpTool) }),
  };
}
