import { randomUUID } from 'node:crypto';
import { toReadableJson } from '@aiwork/core';
import { limitOption } from '@aiwork/core/adapter-kit';
import swagger from '@fastify/swagger';
import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify';
import { checkTimes } from './limits/check-limits.ts';
import { cutOffStalled } from './limits/cut-off-stalled.ts';
import { allowOrigins } from './network/cors.ts';
import { refuseForeignPages } from './network/foreign-pages.ts';
import { refuseForeignHosts } from './network/loopback-hosts.ts';
import { securityHeaders, sendSecurityHeaders } from './network/security-headers.ts';
import { type Tls, transport } from './network/tls.ts';
import { openCertificates, type TlsFiles } from './network/tls-files.ts';
import { trustedProxies } from './network/trusted-proxies.ts';
import { describeUnits } from './openapi/describe-units.ts';
import type { OpenApiDocument } from './openapi/openapi-document.ts';
import { optionalBodies } from './openapi/optional-bodies.ts';
import { packageVersion } from './package-version.ts';
import { apiPages } from './pages/api-pages.ts';
import { answerErrors, refuseBadAddress } from './problem/answer-errors.ts';
import { refuseBrokenRequest } from './problem/broken-request.ts';
import { aiworkRoutes, type RoutesOptions } from './routes.ts';
import { acceptSockets, onlySockets } from './stream/accept-sockets.ts';
import type { Webhooks } from './webhooks/create-webhooks.ts';

/** @since 0.1.0 */
export interface ServerOptions extends Omit<RoutesOptions, 'draining' | 'socketOrigins'> {
  /** As Fastify takes it: `true` for lines of JSON on standard output, or a pino instance's options. Default: none. */
  readonly logger?: FastifyServerOptions['logger'];
  /** Largest body of a request, in bytes. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** How long a client may take to send a request, in milliseconds. Default 30,000. */
  readonly requestTimeoutMs?: number;
  /** Origins whose pages may ask, such as `https://app.example.org`, or `*`. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Serves `https:`, with certificates that are given, or those that files have. Default: `http:`. */
  readonly tls?: Tls | TlsFiles;
  /**
   * Addresses of proxies whose `X-Forwarded-For` is believed: `10.0.0.7`, `10.0.0.0/8`, `loopback`, `uniquelocal`. Default:
   * nobody's.
   */
  readonly trustProxy?: readonly string[];
  /** Endpoints that are told of executions, by a plugin that the orchestrator has. Default: none. */
  readonly webhooks?: Webhooks;
  /** Whether there are pages to read and try the API on, at `/docs` and `/redoc`. Default true. */
  readonly pages?: boolean;
  /** How long `close()` leaves clients to take their answers, in milliseconds. Default 10,000. */
  readonly drainTimeoutMs?: number;
}

/** @since 0.1.0 */
export interface Server extends AsyncDisposable {
  /** The application, to ask without a network (`inject`). It is complete: {@link aiworkRoutes} goes into one of your own. */
  readonly app: FastifyInstance;
  /** Takes requests; gives the URL. Default: a free port of the loopback interface. */
  listen(at?: { readonly port?: number; readonly host?: string }): Promise<string>;
  /**
   * Takes no more work, tells those who wait where to look, ends streams, and answers what is in flight. The
   * orchestrator stays open.
   */
  close(): Promise<void>;
}

/** How a token comes. */
const securitySchemes = {
  token: { type: 'http', scheme: 'bearer' },
  key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
} as const;

/** How often it is looked for clients that take too long. */
const longestCheckMs = 5000;

/**
 * A server of its own with the routes of {@link aiworkRoutes}, and its OpenAPI document at `/openapi.json`.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when no unit is given, two share an id, or an option cannot be used.
 * @example
 * ```ts
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { createServer, type Execution } from '@aiwork/server';
 * import { z } from 'zod';
 *
 * const double = defineTask({ id: 'double', input: z.number(), run: (n) => 2 * n });
 * await using orchestrator = createOrchestrator();
 * await using server = await createServer({ orchestrator, units: [double] });
 * const url = await server.listen();
 * const response = await fetch(`${url}/execute`, {
 *   method: 'POST',
 *   headers: { 'content-type': 'application/json' },
 *   body: JSON.stringify({ unit: 'double', input: 21 }),
 * });
 * const { output } = (await response.json()) as Execution;
 * console.log(output); // 42
 * ```
 * @since 0.1.0
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const {
    logger = false,
    maxBodyBytes,
    requestTimeoutMs = 30_000,
    drainTimeoutMs = 10_000,
    corsOrigins = [],
    pages = true,
    tls,
    trustProxy = [],
    webhooks,
    ...routes
  } = options;
  checkTimes({ requestTimeoutMs }, 1);
  checkTimes({ drainTimeoutMs }, 0);
  const { units, auth = [] } = routes;
  const isForAll = auth.length === 0;
  const isTls = tls !== undefined;
  const certificates = tls && (await openCertificates(tls));
  const safety = securityHeaders({ isTls });
  const draining = new AbortController();
  const app = fastify({
    logger,
    bodyLimit: limitOption(maxBodyBytes, 'maxBodyBytes', 1024 * 1024),
    requestTimeout: requestTimeoutMs,
    routerOptions: { maxParamLength: 2000 },
    forceCloseConnections: 'idle',
    // What comes while it closes is refused in the form of all else, and told how the server is.
    return503OnClosing: false,
    clientErrorHandler: refuseBrokenRequest,
    frameworkErrors: (error, request, reply) => refuseBadAddress(error, request, reply, safety),
    genReqId: () => randomUUID(),
    trustProxy: trustedProxies(trustProxy),
    ...transport(certificates?.first, {
      // Here, too: the time for headers is made from it, and the longer of the two counts.
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(requestTimeoutMs, longestCheckMs),
      ...onlySockets,
    }),
  });
  certificates?.follow(app);
  answerErrors(app);
  sendSecurityHeaders(app, safety);
  cutOffStalled(app);
  // Without proxies that are believed, a host is what the client says.
  if (isForAll && trustProxy.length === 0) refuseForeignHosts(app);
  if (isForAll) refuseForeignPages(app, corsOrigins);
  if (corsOrigins.length > 0) await allowOrigins(app, corsOrigins);
  await acceptSockets(app);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'aiwork', description: 'Runs of agent workflows.', version: packageVersion() },
      tags: [{ name: 'executions' }, { name: 'units' }, { name: 'server' }],
      ...(!isForAll && { components: { securitySchemes }, security: [{ token: [] }, { key: [] }] }),
    },
    refResolver: {
      buildLocalReference: ({ $id }, _uri, _fragment, i) => (typeof $id === 'string' ? $id : `def-${i}`),
    },
  });
  // The document is for all, and who may see a unit is not known of those who ask for it.
  const describe = () => {
    const generic = optionalBodies(app.swagger() as OpenApiDocument);
    return toReadableJson(isForAll ? describeUnits(generic, units) : generic);
  };
  // Once: of thousands of units it takes long.
  let document: string | undefined;
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    document ??= describe();
    return reply.type('application/json').send(document);
  });
  if (pages) apiPages(app);
  await app.register(aiworkRoutes, { ...routes, socketOrigins: corsOrigins, draining: draining.signal });
  await app.ready();
  const delivering = await webhooks?.deliverFor(routes.orchestrator, routes.units);

  async function close(): Promise<void> {
    draining.abort();
    const cutOff = setTimeout(() => app.server.closeAllConnections(), drainTimeoutMs);
    await app.close().finally(() => clearTimeout(cutOff));
    await delivering?.[Symbol.asyncDispose]();
  }

  return {
    app,
    listen: ({ port = 0, host = '127.0.0.1' } = {}) => app.listen({ port, host }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
