import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Run } from '@aiwork/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Action } from '../auth/principal.ts';
import { ownerTag } from '../ownership.ts';
import { refusalOf } from '../problem/refusal.ts';
import type { RouteContext } from './context.ts';

/** What answers clients of the Model Context Protocol, as `mcpHandler` of `@aiwork/mcp` makes it. @since 0.1.0 */
export interface McpHandler {
  /** Answers one request, within what whoever asks may do. */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    known: {
      readonly body?: unknown;
      readonly access: {
        readonly ownerTag?: string;
        mayDo(unitId: string, action: Action): boolean;
        begin(unitId: string, start: () => Promise<Run<unknown>>): Promise<Run<unknown>>;
        control<T>(runId: string, action: 'cancel' | 'signal', act: () => Promise<T>): Promise<T>;
      };
    },
  ): Promise<void>;
  close(): Promise<void>;
}

/** `/mcp`, where the handler answers whom the server has let in. */
export function mcpRoute(
  app: FastifyInstance,
  mcp: McpHandler,
  { accessOf, audited, places }: RouteContext,
): void {
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
      const answered = mcp.handle(request.raw, reply.raw, {
        ...(request.body !== undefined && { body: request.body }),
        access: {
          ...(owner !== undefined && { ownerTag: owner }),
          mayDo: access.mayDo,
          begin: (unit, start) =>
            audited(request, 'start', async (about) => {
              about({ unit });
              const run = await places.begin(start);
              about({ execution: run.id });
              return run;
            }),
          control: (execution, action, act) =>
            audited(request, action, (about) => {
              about({ execution });
              return act();
            }),
        },
      });
      await answered.catch((error: unknown) => answerFailure(error, request, reply));
    },
  });
}

/** Nobody else answers a request that was handed on. */
function answerFailure(error: unknown, { log }: FastifyRequest, { raw }: FastifyReply): void {
  log.error({ err: error }, 'a request of an MCP client failed');
  if (raw.headersSent) return void raw.destroy();
  const { problem } = refusalOf(error);
  raw.writeHead(problem.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
}
