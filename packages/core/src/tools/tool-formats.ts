import { AiworkError } from '../errors.ts';
import type { JsonSchema } from '../schema.ts';

/** What is known of a tool. @since 0.1.0 */
export interface ToolInfo {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly inputSchema: JsonSchema;
  /** Absent when the tool has no output schema, or one that cannot be shown as JSON Schema. */
  readonly outputSchema?: JsonSchema;
  /** The agent it belongs to; absent when all may use it. */
  readonly agent?: string;
}

/** A tool in the form of OpenAI's chat completions. @since 0.1.0 */
export interface OpenAITool {
  readonly type: 'function';
  readonly function: { readonly name: string; readonly description: string; readonly parameters: JsonSchema };
}

/** The result of `tools/list` in the Model Context Protocol, revision 2025-06-18. @since 0.1.0 */
export interface MCPToolList {
  readonly tools: readonly {
    readonly name: string;
    readonly description: string;
    readonly inputSchema: JsonSchema;
    readonly outputSchema?: JsonSchema;
  }[];
}

export function openAITool({ name, description, inputSchema }: ToolInfo): OpenAITool {
  // OpenAI wants the bare schema.
  const { $schema: _, ...parameters } = inputSchema;
  return { type: 'function', function: { name, description, parameters } };
}

export function mcpTool({
  name,
  description,
  inputSchema,
  outputSchema,
}: ToolInfo): MCPToolList['tools'][number] {
  if (inputSchema['type'] !== 'object') {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `tool "${name}" takes something other than an object, which MCP does not allow: wrap its input in an object`,
    );
  }
  // Structured results are objects, too; others go as text and need no schema.
  const structured = outputSchema?.['type'] === 'object' && outputSchema;
  return { name, description, inputSchema, ...(structured && { outputSchema: structured }) };
}
