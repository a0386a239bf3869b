import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Execution } from '@aiwork/client';
import { type RunStatus, toReadableJson } from '@aiwork/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isFinal, toExecution } from '../execution.ts';
import { idempotencyKeyOf, keyReused } from '../idempotency.ts';
import { ownerTag } from '../ownership.ts';
import {
  clientTag,
  executionParams,
  execution as executionSchema,
  idempotencyKey,
  stepParams,
} from '../schemas.ts';
import type { RouteContext } from './context.ts';
import { statusPath } from './status-path.ts';

type OfExecution<Rest = unknown> = FastifyRequest<{ Params: { readonly execution_id: string } } & Rest>;

interface ListQuery {
  readonly unit?: string;
  readonly status?: RunStatus;
  readonly tag?: string;
  readonly cursor?: string;
  readonly limit: number;
}

function entityTag(execution: Execution): string {
  return `"${createHash('sha256').update(toReadableJson(execution)).digest('base64url').slice(0, 22)}"`;
}

/** Looking at executions, and what can be done with them. */
export function executionRoutes(
  app: FastifyInstance,
  { orchestrator, executions, accessOf }: RouteContext,
): void {
  const one = { 200: { $ref: 'Execution#' } };

  app.get(
    '/status/:execution_id',
    {
      schema: {
        operationId: 'getStatus',
        summary: 'Look at an execution',
        description: 'With `If-None-Match`, answers 304 while nothing has changed.',
        tags: ['executions'],
        params: executionParams,
        response: { ...one, 304: { type: 'null', description: 'Nothing has changed.' } },
      },
    },
    async (request: OfExecution, reply) => {
      const { execution_id: id } = request.params;
      const execution = await executions.read(accessOf(request), id);
      const tag = entityTag(execution);
      reply.header('etag', tag).header('cache-control', 'no-cache');
      if (!isFinal(execution.status)) reply.header('retry-after', '1');
      if (request.headers['if-none-match'] !== tag) return execution;
      return reply.code(304).send();
    },
  );

  app.get(
    '/executions',
    {
      schema: {
        operationId: 'listExecutions',
        summary: 'List executions, the last one first',
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
      const wanted = tag ?? owner;
      const page = await orchestrator.list({
        ...query,
        ...(unit !== undefined && { unitId: unit }),
        ...(wanted !== undefined && { tag: wanted }),
      });
      return {
        items: page.items.filter((record) => executions.isVisible(access, record)).map(toExecution),
        ...(page.cursor !== undefined && { cursor: page.cursor }),
      };
    },
  );

  app.post(
    '/executions/:execution_id/cancel',
    {
      schema: {
        operationId: 'cancelExecution',
        summary: 'Ask an execution to stop',
        description:
          'Its steps are stopped and undone, whichever process works on it. One that is over stays as it is.',
        tags: ['executions'],
        params: executionParams,
        body: {
          type: ['object', 'null'],
          additionalProperties: false,
          properties: { reason: { type: 'string', minLength: 1, maxLength: 1000 } },
        },
        response: { 202: { $ref: 'Execution#' } },
      },
    },
    async (request: OfExecution<{ Body: { readonly reason?: string } | null }>, reply) => {
      const { execution_id: id } = request.params;
      await executions.require(accessOf(request), id, 'control');
      await orchestrator.cancel(id, request.body?.reason ?? 'cancelled by a client');
      return show(request, reply, id);
    },
  );

  app.post(
    '/executions/:execution_id/resume',
    {
      schema: {
        operationId: 'resumeExecution',
        summary: 'Go on with an execution that no process works on',
        tags: ['executions'],
        params: executionParams,
        response: { 202: { $ref: 'Execution#' } },
      },
    },
    async (request: OfExecution, reply) => {
      const { execution_id: id } = request.params;
      await executions.require(accessOf(request), id, 'control');
      await orchestrator.resume(id);
      return show(request, reply, id);
    },
  );

  app.post(
    '/executions/:execution_id/rerun',
    {
      schema: {
        operationId: 'rerunExecution',
        summary: 'Run the same once more, as a new execution',
        tags: ['executions'],
        params: executionParams,
        body: {
          type: ['object', 'null'],
          additionalProperties: false,
          properties: {
            from: {
              type: 'string',
              minLength: 1,
              maxLength: 250,
              description: 'Keep the results of steps that do not depend on this one.',
            },
          },
        },
        response: { 202: { $ref: 'Execution#' } },
      },
    },
    async (request: OfExecution<{ Body: { readonly from?: string } | null }>, reply) => {
      const { execution_id: id } = request.params;
      await executions.require(accessOf(request), id, 'control');
      const from = request.body?.from;
      const run = await orchestrator.rerun(id, from === undefined ? {} : { from });
      return show(request, reply, run.id);
    },
  );

  app.post(
    '/executions/:execution_id/signals/:step_id',
    {
      schema: {
        operationId: 'signalExecution',
        summary: 'Deliver what a step waits for',
        tags: ['executions'],
        params: stepParams,
        headers: {
          type: 'object',
          properties: idempotencyKey(
            'A second delivery with the same key changes nothing; one of another payload is refused.',
          ),
        },
        body: {
          type: 'object',
          required: ['payload'],
          additionalProperties: false,
          properties: { payload: { description: 'What the step takes.' } },
        },
        response: { 202: { $ref: 'Execution#' } },
      },
    },
    async (request: OfSignal, reply) => {
      const { execution_id: id, step_id: step } = request.params;
      const { payload } = request.body;
      const key = idempotencyKeyOf(request);
      await executions.require(accessOf(request), id, 'control');
      if (key !== undefined) await refuseAnotherPayload(id, step, key, payload);
      await orchestrator.signal(id, step, payload, key === undefined ? {} : { idempotencyKey: key });
      return show(request, reply, id);
    },
  );

  async function refuseAnotherPayload(
    id: string,
    step: string,
    key: string,
    payload: unknown,
  ): Promise<void> {
    for await (const event of orchestrator.events(id)) {
      if (event.type !== 'signal.received' || event.stepId !== step || event.idempotencyKey !== key) continue;
      if (isDeepStrictEqual(event.payload, payload)) return;
      throw keyReused();
    }
  }

  async function show(request: OfExecution, reply: FastifyReply, id: string): Promise<Execution> {
    reply.code(202).header('location', statusPath(app, id));
    return executions.read(accessOf(request), id);
  }
}

type OfSignal = FastifyRequest<{
  Params: { readonly execution_id: string; readonly step_id: string };
  Body: { readonly payload: unknown };
}>;
