import type { FastifyRequest } from 'fastify';

/** What the service asks of its server. @since 0.1.0 */
export interface StartingAccess {
  require(request: FastifyRequest, name: string, action: 'read' | 'execute' | 'control'): void;
  owner(request: FastifyRequest): string | undefined;
  start(
    request: FastifyRequest,
    what: { readonly unit: string; readonly input?: unknown },
  ): Promise<{ readonly executionId: string }>;
}
