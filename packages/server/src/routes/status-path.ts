import type { FastifyInstance } from 'fastify';

/** Where an execution is looked at, under the prefix that the routes were given. */
export function statusPath(app: FastifyInstance, executionId: string): string {
  return `${app.prefix}/status/${encodeURIComponent(executionId)}`;
}
