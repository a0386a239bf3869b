import type { FastifyInstance } from 'fastify';
import { probeLogLevel } from '../observe/probe-log-level.ts';
import { packageVersion } from '../package-version.ts';
import type { RouteContext } from './context.ts';

const health = {
  type: 'object',
  required: ['status'],
  properties: { status: { type: 'string', enum: ['ok', 'draining', 'failing'] } },
} as const;

/** Whether the server is alive, whether it takes work, and what it is. */
export function healthRoutes(
  app: FastifyInstance,
  { orchestrator, draining, units }: Pick<RouteContext, 'orchestrator' | 'draining' | 'units'>,
): void {
  app.get(
    '/health/live',
    {
      logLevel: probeLogLevel,
      schema: {
        operationId: 'live',
        summary: 'Whether the process answers',
        tags: ['server'],
        security: [],
        response: { 200: health },
      },
    },
    async () => ({ status: 'ok' }),
  );

  for (const [path, operationId] of [
    ['/health', 'health'],
    ['/health/ready', 'ready'],
  ] as const) {
    app.get(
      path,
      {
        logLevel: probeLogLevel,
        schema: {
          operationId,
          summary: 'Whether it takes work: its run store answers, and it is not about to stop',
          tags: ['server'],
          security: [],
          response: { 200: health, 503: health },
        },
      },
      async (request, reply) => {
        if (draining.aborted) return reply.code(503).send({ status: 'draining' });
        try {
          await orchestrator.list({ limit: 1, signal: AbortSignal.timeout(5000) });
          return { status: 'ok' };
        } catch (error) {
          request.log.error({ err: error }, 'the run store does not answer');
          return reply.code(503).send({ status: 'failing' });
        }
      },
    );
  }

  app.get(
    '/info',
    {
      schema: {
        operationId: 'info',
        summary: 'What this server is',
        tags: ['server'],
        security: [],
        response: {
          200: {
            type: 'object',
            required: ['name', 'version', 'units'],
            properties: {
              name: { type: 'string' },
              version: { type: 'string' },
              units: { type: 'integer', description: 'How many units are served.' },
            },
          },
        },
      },
    },
    async () => ({ name: '@aiwork/server', version: packageVersion(), units: units.count }),
  );
}
