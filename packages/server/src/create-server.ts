import swagger from '@fastify/swagger';
import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify';
import { packageVersion } from './package-version.ts';
import { refuseBrokenRequest } from './problem/broken-request.ts';
import { aiworkRoutes, type RoutesOptions } from './routes.ts';

/** @since 0.1.0 */
export interface ServerOptions extends Omit<RoutesOptions, 'draining'> {
  /** As Fastify takes it: `true` for lines of JSON on standard output, or a pino instance's options. Default: none. */
  readonly logger?: FastifyServerOptions['logger'];
  /** Largest body of a request, in bytes. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** How long a client may take to send a request, in milliseconds. Default 30,000. */
  readonly requestTimeoutMs?: number;
  /** How long `close()` leaves clients to take their answers, in milliseconds. Default 10,000. */
  readonly drainTimeoutMs?: number;
}

/** @since 0.1.0 */
export interface Server extends AsyncDisposable {
  /** The application, for hooks and routes of your own before it listens. */
  readonly app: FastifyInstance;
  /** Takes requests; gives the URL. Default: a free port of the loopback interface. */
  listen(at?: { readonly port?: number; readonly host?: string }): Promise<string>;
  /**
   * Takes no more work, tells those who wait where to look, ends streams, and answers what is in flight. The
   * orchestrator stays open.
   */
  close(): Promise<void>;
}

/**
 * A server of its own with the routes of {@link aiworkRoutes}, and its OpenAPI document at `/openapi.json`.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when no unit is given, or two share an id.
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
  const { logger = false, maxBodyBytes = 1024 * 1024, requestTimeoutMs = 30_000 } = options;
  const { drainTimeoutMs = 10_000, orchestrator, units, auth, maxWaitMs } = options;
  const draining = new AbortController();
  const app = fastify({
    logger,
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    routerOptions: { maxParamLength: 2000 },
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseBrokenRequest,
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'aiwork', description: 'Runs of agent workflows.', version: packageVersion() },
    },
    refResolver: {
      buildLocalReference: ({ $id }, _uri, _fragment, i) => (typeof $id === 'string' ? $id : `def-${i}`),
    },
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.register(aiworkRoutes, {
    orchestrator,
    units,
    draining: draining.signal,
    ...(auth && { auth }),
    ...(maxWaitMs !== undefined && { maxWaitMs }),
  });
  await app.ready();

  async function close(): Promise<void> {
    draining.abort();
    const cutOff = setTimeout(() => app.server.closeAllConnections(), drainTimeoutMs);
    await app.close().finally(() => clearTimeout(cutOff));
  }

  return {
    app,
    listen: ({ port = 0, host = '127.0.0.1' } = {}) => app.listen({ port, host }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
