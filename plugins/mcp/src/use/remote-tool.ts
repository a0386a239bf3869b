import { AiworkError, type AnyTool, defineTool } from '@aiwork/core';
import type { Tool } from '@modelcontextprotocol/client';
import { callProgress } from './call-progress.ts';
import type { Connection } from './connection.ts';
import { type Input, inputSchema } from './input-schema.ts';
import { plainText } from './plain-text.ts';
import type { McpServerBase } from './server-options.ts';
import { type OutputOptions, textOf, toolOutput } from './tool-output.ts';

export interface RemoteToolOptions extends OutputOptions {
  /** What models call it. */
  readonly name: string;
  readonly server: string;
  readonly connection: Connection;
  readonly approval: McpServerBase['approval'];
}

const maxDescriptionChars = 4000;
const maxErrorChars = 4000;

/** A tool of a server as agents and flows call it; nothing when models cannot be shown it, or it cannot be called as tools are. */
export function remoteTool(tool: Tool, options: RemoteToolOptions): AnyTool | undefined {
  const { name, server, connection, approval = false } = options;
  const input = inputSchema(tool);
  if (!input || tool.execution?.taskSupport === 'required') return undefined;
  const description = plainText(tool.description ?? '', maxDescriptionChars).trim();
  return defineTool<Input, Input, unknown>({
    name,
    description:
      description === '' ? `The tool "${name}" of ${server}, which says no more of it.` : description,
    input,
    approval,
    tags: [`mcp:${server}`],
    async run(given, ctx) {
      const result = await connection.call({
        name: tool.name,
        input: given,
        idempotencyKey: ctx.idempotencyKey,
        onProgress: callProgress(name, ctx),
        signal: ctx.signal,
      });
      if (result.isError !== true) return toolOutput(result, options);
      const why = textOf(result.content, maxErrorChars);
      throw new AiworkError(
        'AIWORK_MCP_TOOL_FAILED',
        why === '' ? `tool "${name}" failed, and did not say why` : why,
        {
          outcome: 'unknown',
        },
      );
    },
  });
}
