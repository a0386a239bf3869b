import { AiworkError, type AnyTool, type Plugin, type PluginHost, type ToolSource } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { Tool } from '@modelcontextprotocol/client';
import { validName } from '../valid-name.ts';
import { type Connection, createConnection } from './connection.ts';
import { remoteTool } from './remote-tool.ts';
import { isProgram, type McpServerOptions, type McpToolsOptions } from './server-options.ts';

/**
 * The tools of servers: what an agent takes as its `tools`, and a plugin that connects before runs begin and ends the
 * connections with the orchestrator.
 *
 * @since 0.1.0
 */
export interface McpTools extends ToolSource, Plugin, AsyncDisposable {
  /**
   * Connects with the servers, as the plugin does.
   *
   * @throws `AIWORK_MCP_UNAVAILABLE` when one that is not optional cannot be reached.
   */
  connect(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * The tools there are now, by the names models know them by.
   *
   * @throws `AIWORK_MCP_NOT_CONNECTED` before {@link McpTools.connect}.
   */
  tools(): readonly AnyTool[];
  /** Ends sessions and programs. */
  close(): Promise<void>;
}

/** More tools than any model can choose among. */
const maxToolsOfServer = 500;

/**
 * Tools of MCP servers for agents. A call of one is a call of the server: stopped with its step, journaled like any tool's,
 * and its progress told as `mcp.progress` events. A server that was lost is found again by the next call.
 *
 * Tools keep their names where they can. One that an earlier server has a tool of is called `SERVER_TOOL`, and what models
 * do not take in names is replaced.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when there is no server, or one has neither a command nor a URL.
 * @example
 * ```ts no-run: starts a program
 * import { createOrchestrator, defineAgent } from '@aiwork/core';
 * import { mcpTools } from '@aiwork/mcp';
 *
 * const files = mcpTools({
 *   files: { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', '.'], only: ['read_text_file'] },
 * });
 * const reader = defineAgent({ id: 'reader', instructions: 'Answer from the files.', tools: files });
 * await using ai = createOrchestrator({ plugins: [files], units: [reader] });
 * ```
 * @since 0.1.0
 */
export function mcpTools(
  servers: Readonly<Record<string, McpServerOptions>>,
  options: McpToolsOptions = {},
): McpTools {
  const { connectTimeoutMs = 60_000, maxMessageBytes = 10 * 1024 * 1024 } = options;
  const output = { maxChars: options.maxResultChars ?? 100_000, media: options.media ?? 'describe' };
  let current: readonly AnyTool[] | undefined;
  let isConnected = false;

  const peers = Object.entries(servers).map(([name, server]) => {
    checkServer(name, server);
    const connection = createConnection({
      name,
      server,
      connectTimeoutMs,
      maxMessageBytes,
      onToolsChanged: () => {
        current = undefined;
      },
    });
    return { name, server, connection };
  });
  if (peers.length === 0) throw invalidArgument('there is no MCP server: name at least one');

  async function connect(warn: (message: string) => void, signal: AbortSignal): Promise<void> {
    const attempts = await Promise.allSettled(peers.map(({ connection }) => connection.connect(signal)));
    for (const [i, attempt] of attempts.entries()) {
      if (attempt.status === 'fulfilled') continue;
      if (!peers[i]?.server.optional || signal.aborted) throw attempt.reason;
      warn(`${String(attempt.reason?.message)}; agents do without its tools until it is back`);
    }
    isConnected = true;
  }

  function tools(): readonly AnyTool[] {
    if (!isConnected) {
      throw new AiworkError(
        'AIWORK_MCP_NOT_CONNECTED',
        `the MCP servers ${peers.map(({ name }) => `"${name}"`).join(', ')} are not connected with yet: give the tools as a plugin to createOrchestrator, or await their connect()`,
      );
    }
    for (const { server, connection } of peers) {
      // One that was away at first is asked again, for the turns to come.
      if (server.optional) void connection.connect(never).catch(() => {});
    }
    current ??= named(peers, output);
    return current;
  }

  async function close(): Promise<void> {
    await Promise.all(peers.map(({ connection }) => connection.close()));
  }

  return {
    '~aiwork': 'plugin/1',
    name: '@aiwork/mcp',
    async setup(host: PluginHost, signal: AbortSignal) {
      try {
        await connect((message) => host.log.warn(message), signal);
      } catch (error) {
        await close();
        throw error;
      }
      return { [Symbol.asyncDispose]: close };
    },
    connect: ({ signal = never } = {}) => connect(() => {}, signal),
    tools,
    close,
    [Symbol.asyncDispose]: close,
  };
}

const never = new AbortController().signal;

interface Peer {
  readonly name: string;
  readonly server: McpServerOptions;
  readonly connection: Connection;
}

/** Those of an earlier server keep their names, whatever a later one comes to have. */
function named(
  peers: readonly Peer[],
  output: Pick<Parameters<typeof remoteTool>[1], 'maxChars' | 'media'>,
): readonly AnyTool[] {
  const tools = new Map<string, AnyTool>();
  for (const { name: serverName, server, connection } of peers) {
    const isWanted = ({ name }: Tool) => !server.only || server.only.includes(name);
    for (const listed of connection.tools().filter(isWanted).slice(0, maxToolsOfServer)) {
      const wanted = tools.has(listed.name) ? `${serverName}_${listed.name}` : listed.name;
      const name = validName(wanted, `${serverName}/${listed.name}`, (taken) => tools.has(taken));
      const { approval } = server;
      const tool = remoteTool(listed, { name, server: serverName, connection, approval, ...output });
      if (tool) tools.set(name, tool);
    }
  }
  return [...tools.values()];
}

function checkServer(name: string, server: McpServerOptions): void {
  if (isProgram(server) ? server.command !== '' : URL.canParse(server.url)) return;
  throw invalidArgument(
    `the MCP server "${name}" has neither a command nor a URL that is one: give { command, args } or { url }`,
  );
}
