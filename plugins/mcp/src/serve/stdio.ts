import process from 'node:process';
import { type Readable, Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { mcpServers } from './mcp-server.ts';
import type { McpServeOptions } from './serving.ts';

/** @since 0.1.0 */
export interface McpStdioOptions extends McpServeOptions {
  /** Where messages come from. Default: standard input. */
  readonly input?: Readable;
  /**
   * Where messages go. Default: standard output, which then carries them alone: what else the process writes there goes to
   * standard error until this is closed.
   */
  readonly output?: Writable;
  /** Largest message, in bytes; a larger one ends the connection. Default 4 MiB. */
  readonly maxMessageBytes?: number;
}

/** A client being served. @since 0.1.0 */
export interface McpStdioServing extends AsyncDisposable {
  /** Resolves when the client has gone, or this was closed. */
  readonly closed: Promise<void>;
  /** Answers no more. Runs are left as they are, and so is the orchestrator. */
  close(): Promise<void>;
}

/**
 * Serves units to the one client that started this process, over its pipes: each as a tool, and a call of it is a run.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when no unit is given, or two share an id.
 * @example
 * ```ts no-run: reads standard input
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { serveMcp } from '@aiwork/mcp';
 * import { z } from 'zod';
 *
 * const double = defineTask({ id: 'double', input: z.object({ n: z.number() }), run: ({ n }) => 2 * n });
 * await using orchestrator = createOrchestrator();
 * await using serving = serveMcp({ orchestrator, units: [double] });
 * await serving.closed;
 * ```
 * @since 0.1.0
 */
export function serveMcp(options: McpStdioOptions): McpStdioServing {
  const { input = process.stdin, maxMessageBytes = 4 * 1024 * 1024 } = options;
  const closing = new AbortController();
  const closed = Promise.withResolvers<void>();
  const newServer = mcpServers(options, closing.signal);
  const claimed = options.output ? undefined : claimStdout();
  const output = options.output ?? claimed?.output ?? process.stdout;
  const transport = new StdioServerTransport(input, output, { maxBufferSize: maxMessageBytes });
  const handle = serveStdio(newServer, { transport, ...(options.onError && { onerror: options.onError }) });
  // The transport belongs to the handle now, which tells nobody when it ends.
  const end = transport.onclose;
  transport.onclose = () => {
    end?.();
    claimed?.release();
    closed.resolve();
  };

  async function close(): Promise<void> {
    closing.abort();
    await handle.close();
    await closed.promise;
  }

  return { closed: closed.promise, close, [Symbol.asyncDispose]: close };
}

/** Keeps standard output for messages: one stray line would end the conversation. */
function claimStdout() {
  const { stdout, stderr } = process;
  const own = stdout.write;
  const output = new Writable({
    write(chunk: Uint8Array, _, done) {
      own.call(stdout, chunk, undefined, done);
    },
  });
  const divert = ((...args: Parameters<typeof own>) => stderr.write(...args)) as typeof own;
  stdout.write = divert;
  return {
    output,
    release() {
      if (stdout.write === divert) stdout.write = own;
    },
  };
}
