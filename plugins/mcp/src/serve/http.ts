import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type AuthInfo,
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  type McpHandlerRequestOptions,
  validateHostHeader,
  validateOriginHeader,
} from '@modelcontextprotocol/server';
import { accessOfDoor, authInfoOf, everybody, type McpAccess } from './access.ts';
import { mcpServers } from './mcp-server.ts';
import type { McpServeOptions } from './serving.ts';
import { createSessions } from './sessions.ts';
import { bodyOf, refusal, webRequest, writeResponse } from './web-http.ts';

/** @since 0.1.0 */
export interface McpHttpOptions extends McpServeOptions {
  /**
   * Who asks, and what it may do; nothing turns the request away with 401. What it throws is answered with 503. Default:
   * everybody may do everything.
   */
  access?(request: IncomingMessage): McpAccess | undefined | Promise<McpAccess | undefined>;
  /**
   * Names, without ports, under which clients reach this server. Default: any for those whose `access` has an `ownerTag`, or
   * was said with the request, by a server that looks at this itself; else those of this machine, so that no page in a
   * browser reaches it under a name of its own.
   */
  readonly allowedHosts?: readonly string[];
  /** Names, without ports, of the sites whose pages may ask. Default: those of this machine. */
  readonly allowedOrigins?: readonly string[];
  /**
   * Sessions of clients of 2025 and before, which need them; the idlest of whoever asks makes room for a new one, or else of
   * who has most. Default 1000.
   */
  readonly maxSessions?: number;
  /** How long a session may be idle, in milliseconds. Default 1,800,000, which is half an hour. */
  readonly sessionIdleMs?: number;
  /** Largest body of a request, in bytes. Default 1 MiB. */
  readonly maxBodyBytes?: number;
}

/** What is known of a request already. @since 0.1.0 */
export interface McpRequestContext {
  /** What a parser has made of its body. */
  readonly body?: unknown;
  /** What whoever asks may do. Default: what the option `access` says. */
  readonly access?: McpAccess;
}

/** @since 0.1.0 */
export interface McpHttpHandler extends AsyncDisposable {
  /** Answers one request of whatever method. */
  handle(request: IncomingMessage, response: ServerResponse, known?: McpRequestContext): Promise<void>;
  /** Ends streams and sessions. Runs are left as they are, and so is the orchestrator. */
  close(): Promise<void>;
}

/**
 * Serves units over streamable HTTP, for a server of Node or of Fastify to be mounted in: each as a tool, and a call of it is a
 * run. Clients of the revision 2026-07-28 need no session, and any process answers any of their requests; those before it
 * are bound to the process that opened their session.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when no unit is given, or two share an id.
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { mcpHandler } from '@aiwork/mcp';
 * import { z } from 'zod';
 *
 * const double = defineTask({ id: 'double', input: z.object({ n: z.number() }), run: ({ n }) => 2 * n });
 * await using orchestrator = createOrchestrator();
 * await using mcp = mcpHandler({ orchestrator, units: [double] });
 * const server = createServer((request, response) => void mcp.handle(request, response));
 * server.listen(0, '127.0.0.1');
 * server.close();
 * ```
 * @since 0.1.0
 */
export function mcpHandler(options: McpHttpOptions): McpHttpHandler {
  const { maxSessions = 1000, sessionIdleMs = 1_800_000, maxBodyBytes = 1024 * 1024, onError } = options;
  const origins = [...(options.allowedOrigins ?? localhostAllowedOrigins())];
  const closing = new AbortController();
  const newServer = mcpServers(options, closing.signal);
  const sessions = createSessions({ newServer, maxSessions, idleMs: sessionIdleMs, maxBodyBytes });
  const reporting = onError ? { onerror: onError } : {};
  const modern = createMcpHandler(newServer, {
    legacy: 'reject',
    maxRequestBodySize: maxBodyBytes,
    ...reporting,
  });

  async function answer(request: Request, authInfo: AuthInfo, parsed: unknown): Promise<Response> {
    const body = await bodyOf(request, parsed, maxBodyBytes);
    if (body instanceof Response) return body;
    const given = { authInfo, ...body };
    if (await isLegacyRequest(request, given.parsedBody)) return answerInSession(request, given);
    return modern.fetch(request, given);
  }

  async function answerInSession(request: Request, given: McpHandlerRequestOptions): Promise<Response> {
    const { ownerTag } = accessOfDoor(given.authInfo);
    const id = request.headers.get('mcp-session-id');
    if (id === null && !isInitializeRequest(given.parsedBody))
      return refusal(400, 'there is no session: send initialize first');
    const session = id === null ? await sessions.open(ownerTag) : sessions.find(id, ownerTag);
    if (session) return session.transport.handleRequest(request, given);
    if (id !== null) return refusal(404, 'there is no such session: send initialize for a new one');
    return refusal(503, 'all sessions are at work: try again later', { 'retry-after': '5' });
  }

  async function respond(
    request: IncomingMessage,
    { body, access: known }: McpRequestContext,
    gone: AbortSignal,
  ): Promise<Response> {
    if (closing.signal.aborted) return refusal(503, 'the server is about to stop');
    const { method = '' } = request;
    if (!methods.includes(method))
      return refusal(405, `there is no ${method} here`, { allow: methods.join(', ') });
    const access = known ?? (await accessFor(request, options.access, onError));
    if (access instanceof Response) return access;
    const refused = refuse(request, known !== undefined || access.ownerTag !== undefined);
    return refused ?? answer(webRequest(request, body, gone), authInfoOf(access), body);
  }

  function refuse({ headers }: IncomingMessage, isKnown: boolean): Response | undefined {
    const hosts = options.allowedHosts ?? (isKnown ? undefined : localhostAllowedHostnames());
    const host = hosts && validateHostHeader(headers.host, [...hosts]);
    if (host && !host.ok) return refusal(403, host.message);
    const origin = validateOriginHeader(headers.origin, origins);
    return origin.ok ? undefined : refusal(403, origin.message);
  }

  async function handle(
    request: IncomingMessage,
    response: ServerResponse,
    known: McpRequestContext = {},
  ): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const id = request.headers['mcp-session-id'];
    if (typeof id === 'string') response.once('close', sessions.hold(id));
    try {
      await writeResponse(await respond(request, known, gone.signal), response);
    } catch (error) {
      // Nobody is left to be told of a connection that broke.
      if (gone.signal.aborted) return;
      onError?.(toError(error));
      if (response.headersSent) response.destroy();
      else await writeResponse(refusal(500, 'the request could not be answered'), response);
    }
  }

  async function close(): Promise<void> {
    closing.abort();
    await sessions.close();
    await modern.close();
  }

  return { handle, close, [Symbol.asyncDispose]: close };
}

const methods: readonly string[] = ['GET', 'POST', 'DELETE'];

const toError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));

async function accessFor(
  request: IncomingMessage,
  access: McpHttpOptions['access'],
  onError: McpHttpOptions['onError'],
): Promise<McpAccess | Response> {
  if (!access) return everybody;
  try {
    const allowed = await access(request);
    if (allowed) return allowed;
  } catch (error) {
    onError?.(toError(error));
    return refusal(503, 'it cannot be told now who asks: try again later', { 'retry-after': '5' });
  }
  return refusal(401, 'the request carries no token that is valid here', { 'www-authenticate': 'Bearer' });
}
