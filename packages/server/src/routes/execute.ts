import type { Execution } from '@aiwork/client';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { isFinal } from '../execution.ts';
import { startBody, startKey } from '../schemas.ts';
import type { RouteContext } from './context.ts';
import { endOf } from './end-of.ts';
import { preferHeader, preferredWaitMs } from './preferred-wait.ts';
import { type StartRequest, startRun } from './start-run.ts';
import { statusPath } from './status-path.ts';

const headers = {
  type: 'object',
  properties: {
    ...startKey,
    ...preferHeader,
  },
};

/** Starting units: to wait for, or to look at later. */
export function executeRoutes(app: FastifyInstance, context: RouteContext): void {
  const { accessOf, executions, maxWaitMs } = context;

  app.post(
    '/execute',
    {
      schema: {
        operationId: 'execute',
        summary: 'Run a unit and wait for its end',
        description:
          'Answers 200 when the run is over, however it ended: `status` says it. Answers 202 when it is not over in time; it goes on all the same.',
        tags: ['executions'],
        headers,
        body: startBody,
        response: { 200: { $ref: 'Execution#' }, 202: { $ref: 'Execution#' } },
      },
    },
    async (request: StartRequest, reply) => {
      const started = await startRun(context, request, request.body);
      const waitMs = Math.min(preferredWaitMs(request) ?? maxWaitMs, maxWaitMs);
      const success = await endOf(started, context, waitMs);
      if (success) return executions.succeeded(started.run.id, success.output);
      const execution = await executions.read(accessOf(request), started.run.id);
      return isFinal(execution.status) ? execution : accepted(reply, execution);
    },
  );

  app.post(
    '/execute-async',
    {
      schema: {
        operationId: 'executeAsync',
        summary: 'Start a unit',
        description: 'Answers when the run is in the journal; `Location` says where to look at it.',
        tags: ['executions'],
        headers,
        body: startBody,
        response: { 202: { $ref: 'Execution#' } },
      },
    },
    async (request: StartRequest, reply) => {
      const { run } = await startRun(context, request, request.body);
      return accepted(reply, await executions.read(accessOf(request), run.id));
    },
  );

  function accepted(reply: FastifyReply, execution: Execution): Execution {
    reply.code(202).header('location', statusPath(app, execution.executionId));
    return execution;
  }
}
