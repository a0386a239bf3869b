import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { AccessOf } from '../auth/access.ts';
import type { Action } from '../auth/principal.ts';
import { ownerTag } from '../ownership.ts';

/** What answers clients of the Model Context Protocol, as `mcpHandler` of `@aiwork/mcp` makes it. @since 0.1.0 */
export interface McpHandler {
  /** Answers one request, within what whoever asks may do. */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    known: {
      readonly body?: unknown;
      readonly access: { readonly ownerTag?: string; mayDo(unitId: string, action: Action): boolean };
    },
  ): Promise<void>;
  close(): Promise<void>;
}

/** `/mcp`, where the handler answers whom the server has let in. */
export function mcpRoute(app: FastifyInstance, mcp: McpHandler, accessOf: AccessOf): void {
  app.addHook('preClose', () => mcp.close());
  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    schema: { hide: true },
    handler: async (request, reply) => {
      const access = accessOf(request);
      const owner = ownerTag(access);
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      await mcp.handle(request.raw, reply.raw, {
        ...(request.body !== undefined && { body: request.body }),
        access: { ...(owner !== undefined && { ownerTag: owner }), mayDo: access.mayDo },
      });
    },
  });
}
