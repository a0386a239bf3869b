import type { FastifyInstance } from 'fastify';
import { probeLogLevel } from '../observe/probe-log-level.ts';
import { packageVersion } from '../package-version.ts';
import type { RouteContext } from './context.ts';
import type { ServerExtension } from './extensions.ts';

const health = {
  type: 'object',
  required: ['status'],
  properties: { status: { type: 'string', enum: ['ok', 'draining', 'failing'] } },
} as const;

/** Whether the server is alive, whether it takes work, and what it is. */
export function healthRoutes(
  app: FastifyInstance,
  { orchestrator, draining, units }: Pick<RouteContext, 'orchestrator' | 'draining' | 'units'>,
  extensions: readonly ServerExtension[],
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
          summary: 'Whether it takes work: all it needs answers, and it is not about to stop',
          tags: ['server'],
          security: [],
          response: { 200: health, 503: health },
        },
      },
      async (request, reply) => {
        if (draining.aborted) return reply.code(503).send({ status: 'draining' });
        try {
          const signal = AbortSignal.timeout(5000);
          await orchestrator.list({ limit: 1, signal });
          for (const extension of extensions) await extension.check?.(signal);
          return { status: 'ok' };
        } catch (error) {
          request.log.error({ err: error }, 'the run store does not answer, or an extension cannot serve');
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
              extensions: {
                type: 'object',
                additionalProperties: true,
                description: 'What extensions tell of themselves, by their names.',
              },
            },
          },
        },
      },
    },
    async () => ({
      name: '@aiwork/server',
      version: packageVersion(),
      units: units.count,
      ...(extensions.length > 0 && { extensions: told(extensions) }),
    }),
  );
}

const told = (extensions: readonly ServerExtension[]) =>
  Object.fromEntries(extensions.map((extension) => [extension.name, extension.info?.() ?? {}]));
