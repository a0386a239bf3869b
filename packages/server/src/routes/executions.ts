import { type RunStatus, toReadableJson } from '@aiwork/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { entityTag, isKnown } from '../entity-tag.ts';
import { isFinal, toExecution } from '../execution.ts';
import { ownerTag } from '../ownership.ts';
import { clientTag, executionParams, execution as executionSchema } from '../schemas.ts';
import type { RouteContext } from './context.ts';
import { untilOver } from './end-of.ts';
import { preferHeader, preferredWaitMs } from './preferred-wait.ts';

interface ListQuery {
  readonly unit?: string;
  readonly status?: RunStatus;
  readonly tag?: string;
  readonly cursor?: string;
  readonly limit: number;
}

/** Aborts when nobody waits for the answer any more. */
function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}

/** Looking at executions. */
export function executionRoutes(app: FastifyInstance, context: RouteContext): void {
  const { orchestrator, executions, accessOf, maxWaitMs } = context;
  const one = { 200: { $ref: 'Execution#' } };

  app.get(
    '/status/:execution_id',
    {
      schema: {
        operationId: 'getStatus',
        summary: 'Look at an execution',
        description:
          'With `If-None-Match`, answers 304 while nothing has changed. Waits for the end where `Prefer` asks for it.',
        tags: ['executions'],
        params: executionParams,
        headers: { type: 'object', properties: preferHeader },
        response: { ...one, 304: { type: 'null', description: 'Nothing has changed.' } },
      },
    },
    async (request: FastifyRequest<{ Params: { readonly execution_id: string } }>, reply) => {
      const { execution_id: id } = request.params;
      const access = accessOf(request);
      const waitMs = Math.min(preferredWaitMs(request) ?? 0, maxWaitMs);
      if (waitMs > 0) {
        await executions.require(access, id, 'read');
        await untilOver(id, context, { waitMs, signal: goneOf(reply) });
      }
      const execution = await executions.read(access, id);
      const tag = entityTag(toReadableJson(execution));
      reply.header('etag', tag).header('cache-control', 'no-cache');
      if (!isFinal(execution.status)) reply.header('retry-after', '1');
      return isKnown(request, tag) ? reply.code(304).send() : execution;
    },
  );

  app.get(
    '/executions',
    {
      schema: {
        operationId: 'listExecutions',
        summary: 'List executions, the last one first',
        description:
          'A page may have fewer items than `limit`, or none: it is the last when it has no `cursor`.',
        tags: ['executions'],
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: {
            unit: { type: 'string', minLength: 1, maxLength: 250 },
            status: executionSchema.properties.status,
            tag: clientTag,
            cursor: { type: 'string', maxLength: 2000 },
            limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
          },
        },
        response: {
          200: {
            type: 'object',
            required: ['items'],
            properties: {
              items: { type: 'array', items: { $ref: 'Execution#' } },
              cursor: { type: 'string', description: 'Where the next page begins; absent on the last.' },
            },
          },
        },
      },
    },
    async (request: FastifyRequest<{ Querystring: ListQuery }>) => {
      const { unit, tag, ...query } = request.query;
      const access = accessOf(request);
      const owner = ownerTag(access);
      // Of the two tags a store looks for one: that of the owner, so that no more is read than may be shown.
      const wanted = owner ?? tag;
      const page = await orchestrator.list({
        ...query,
        ...(unit !== undefined && { unitId: unit }),
        ...(wanted !== undefined && { tag: wanted }),
      });
      return {
        items: page.items
          .filter((record) => tag === undefined || record.tags.includes(tag))
          .filter((record) => executions.isVisible(access, record))
          .map(toExecution),
        ...(page.cursor !== undefined && { cursor: page.cursor }),
      };
    },
  );
}
