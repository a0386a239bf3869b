import { invalidArgument } from '@aiwork/core/adapter-kit';
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

const requestHeaders = [
  'accept',
  'authorization',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'prefer',
  'traceparent',
  'tracestate',
  'x-api-key',
];
const responseHeaders = [
  'allow',
  'etag',
  'location',
  'mcp-session-id',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'traceresponse',
  'www-authenticate',
  'x-request-id',
];
/** What browsers keep at most. */
const maxAgeSeconds = 7200;

/**
 * Lets pages of some origins ask. Cookies are never sent: who asks is told by a token alone.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when one of them is no origin.
 */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  for (const origin of origins) {
    if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) continue;
    throw invalidArgument(
      `corsOrigins holds ${JSON.stringify(origin)}: give origins such as https://app.example.org, without a path, or * for all`,
    );
  }
  // Who asks what there is, and is no page, is answered as where no page may ask.
  app.addHook('onRequest', ({ method, headers }, reply, done) => {
    const isPreflight =
      headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
    if (method === 'OPTIONS' && !isPreflight) reply.callNotFound();
    else done();
  });
  await app.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['DELETE', 'GET', 'HEAD', 'POST'],
    allowedHeaders: requestHeaders,
    exposedHeaders: responseHeaders,
    maxAge: maxAgeSeconds,
  });
}
