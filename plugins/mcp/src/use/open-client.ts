import {
  Client,
  type ClientOptions,
  type jsonSchemaValidator,
  ProtocolError,
  ProtocolErrorCode,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { packageVersion } from '../package-version.ts';
import { boundedResponse } from './bounded-response.ts';
import { programTransport } from './program-transport.ts';
import { isProgram, type McpEndpoint, type McpServerOptions } from './server-options.ts';
import { unlessAborted } from './unless-aborted.ts';

export interface OpenClientOptions {
  readonly server: McpServerOptions;
  readonly connectTimeoutMs: number;
  readonly maxMessageBytes: number;
  onToolsChanged(): void;
  /** Told which headers are sent from now on. */
  onHeaders(headers: Headers): void;
  readonly signal: AbortSignal;
}

/** A client that is connected. */
export interface OpenClient {
  readonly client: Client;
  /** Ends the session or the program, too. */
  close(): Promise<void>;
}

/** Speaks whichever revision of the protocol the server does. */
export async function openClient(options: OpenClientOptions): Promise<OpenClient> {
  const { server } = options;
  if (!isProgram(server)) return connect(options, httpTransport(server, options), 'auto');
  // Asking a program which revisions it knows would start it twice; those that no longer know the old ones say so.
  const pipes = () => programTransport(server, options.maxMessageBytes);
  try {
    return await connectProgram(options, pipes(), 'legacy');
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== ProtocolErrorCode.UnsupportedProtocolVersion)
      throw error;
    return connectProgram(options, pipes(), { pin: '2026-07-28' });
  }
}

type Mode = NonNullable<ClientOptions['versionNegotiation']>['mode'];

async function connectProgram(
  options: OpenClientOptions,
  transport: ReturnType<typeof programTransport>,
  mode: Mode,
): Promise<OpenClient> {
  try {
    return await connect(options, transport, mode);
  } catch (error) {
    const complaint = transport.complaint();
    if (error instanceof ProtocolError || complaint === '') throw error;
    throw new Error(`${error instanceof Error ? error.message : String(error)}; it wrote: ${complaint}`, {
      cause: error,
    });
  }
}

async function connect(options: OpenClientOptions, transport: Transport, mode: Mode): Promise<OpenClient> {
  const { connectTimeoutMs, onToolsChanged, signal } = options;
  const client = new Client(
    { name: 'aiwork', version: packageVersion() },
    {
      capabilities: {},
      versionNegotiation: mode === undefined ? {} : { mode },
      jsonSchemaValidator: trusting,
      listChanged: { tools: { autoRefresh: false, onChanged: onToolsChanged } },
    },
  );
  const close = async () => {
    if (transport instanceof StreamableHTTPClientTransport) await endSession(transport);
    await client.close();
  };
  try {
    // It does not listen to the signal while it finds out which revision a server speaks.
    await unlessAborted(client.connect(transport, { timeout: connectTimeoutMs, signal }), signal);
    return { client, close };
  } catch (error) {
    await close();
    await transport.close();
    throw error;
  }
}

/** A server keeps a session until it is told, or for long. One that cannot be told has none. */
async function endSession(transport: StreamableHTTPClientTransport): Promise<void> {
  if (transport.sessionId === undefined) return;
  await Promise.race([
    transport.terminateSession().catch(() => {}),
    new Promise((resolve) => setTimeout(resolve, 1000).unref()),
  ]);
}

function httpTransport(
  { url, headers = {} }: McpEndpoint,
  { maxMessageBytes, onHeaders }: Pick<OpenClientOptions, 'maxMessageBytes' | 'onHeaders'>,
): StreamableHTTPClientTransport {
  const headersNow = typeof headers === 'function' ? headers : () => headers;
  return new StreamableHTTPClientTransport(new URL(url), {
    fetch: async (target, init) => {
      const all = new Headers(await headersNow());
      onHeaders(new Headers(all));
      for (const [name, value] of new Headers(init?.headers)) all.set(name, value);
      return boundedResponse(await fetch(target, { ...init, headers: all }), maxMessageBytes);
    },
  });
}

/**
 * Schemas of a server run in this process when results are checked against them, and a pattern in one can take for ever. What a
 * tool gives is looked at by whoever uses it.
 */
const trusting: jsonSchemaValidator = {
  getValidator: () => (value) => ({ valid: true, data: value as never, errorMessage: undefined }),
};
