import type { FastifyInstance } from 'fastify';
import { probeLogLevel } from './probe-log-level.ts';

/** Where metrics come from, as in `@aiwork/telemetry`. @since 0.1.0 */
export interface MetricsSource {
  /** All metrics as of now, in a text format of Prometheus. */
  scrape(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Metrics for whoever collects them. As open as health is: they hold names and numbers. */
export function metricsRoute(app: FastifyInstance, metrics: MetricsSource): void {
  app.get(
    '/metrics',
    {
      logLevel: probeLogLevel,
      schema: {
        operationId: 'metrics',
        summary: 'Measurements of runs and requests, for Prometheus',
        tags: ['server'],
        security: [],
        response: {
          200: {
            description: 'In the text format of Prometheus.',
            content: { 'text/plain': { schema: { type: 'string' } } },
          },
        },
      },
    },
    async (_request, reply) => {
      const { contentType, body } = await metrics.scrape();
      return reply.type(contentType).send(body);
    },
  );
}
