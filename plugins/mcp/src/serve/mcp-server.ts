import { toRunError } from '@aiwork/core';
import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { packageVersion } from '../package-version.ts';
import { accessOf } from './access.ts';
import { callUnit } from './call-unit.ts';
import { listResources, readResource, resourceTemplates } from './resources.ts';
import { runToolNames } from './run-tool-names.ts';
import { callRunTool, runTools } from './run-tools.ts';
import type { McpServeOptions, Serving } from './serving.ts';
import { unitTools } from './unit-tools.ts';

const defaultInstructions = `Each call of a tool is a run that outlives it. When a result says that a run is still at work, wait on with ${runToolNames.show}; when it says that a run waits, ask the user, and answer with ${runToolNames.answer}.`;

/**
 * Makes servers of the protocol that serve the same, one for each connection or request.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when no unit is given, or two share an id.
 */
export function mcpServers(options: McpServeOptions, closing: AbortSignal): () => Server {
  const {
    orchestrator,
    units,
    name = 'aiwork',
    instructions = defaultInstructions,
    maxWaitMs = 50_000,
  } = options;
  const tools = unitTools(units, Object.values(runToolNames));
  const serving: Serving = { orchestrator, tools, maxWaitMs, closing };
  return () => {
    const server = new Server(
      { name, version: packageVersion() },
      { capabilities: { tools: {}, resources: {}, logging: {} }, instructions },
    );
    if (options.onError) server.onerror = options.onError;
    serveTools(serving, server);
    serveResources(serving, server);
    return server;
  };
}

function serveTools(serving: Serving, server: Server): void {
  server.setRequestHandler('tools/list', (_, ctx) => {
    const { mayDo } = accessOf(ctx);
    const callable = [...serving.tools.values()].filter(({ unit }) => mayDo(unit.id, 'execute'));
    return { tools: [...callable.map(({ tool }) => tool), ...runTools] };
  });

  server.setRequestHandler('tools/call', async (request, ctx) => {
    const { name, arguments: given = {} } = request.params;
    const tool = serving.tools.get(name);
    const isCallable = tool && accessOf(ctx).mayDo(tool.unit.id, 'execute');
    try {
      const result = isCallable
        ? await callUnit(serving, server, ctx, tool, given)
        : await callRunTool(serving, server, ctx, name, given);
      if (result) return result;
    } catch (error) {
      if (ctx.mcpReq.signal.aborted || error instanceof ProtocolError) throw error;
      return toolError(error);
    }
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no tool ${JSON.stringify(name)}`);
  });
}

/** What a model may do something about. */
function toolError(error: unknown): CallToolResult {
  const { message, code } = toRunError(error);
  const text = code === undefined ? message : `${message} (${code})`;
  return { content: [{ type: 'text', text }], isError: true };
}

function serveResources(serving: Serving, server: Server): void {
  server.setRequestHandler('resources/list', (request, ctx) =>
    listResources(serving, ctx, request.params?.cursor),
  );
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [...resourceTemplates] }));
  server.setRequestHandler('resources/read', (request, ctx: ServerContext) =>
    readResource(serving, ctx, request.params.uri),
  );
}
