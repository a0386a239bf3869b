import type { Execution } from '@aiwork/client';
import type { Run } from '@aiwork/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requireAction } from '../auth/require-action.ts';
import { ownerTag } from '../ownership.ts';
import { checkInput } from '../problem/check-input.ts';
import { idempotencyKey, startBody } from '../schemas.ts';
import { inputSchemaOf } from '../served-units.ts';
import type { RouteContext } from './context.ts';
import { statusPath } from './status-path.ts';
import { until } from './until.ts';

interface StartBody {
  readonly unit: string;
  readonly input?: unknown;
  readonly tags?: readonly string[];
  readonly priority?: number;
}

type StartRequest = FastifyRequest<{ Body: StartBody }>;

const headers = {
  type: 'object',
  properties: {
    ...idempotencyKey(
      'A second request with the same key is answered with the execution that the first one started.',
    ),
    prefer: {
      type: 'string',
      description: '`wait=10` waits for the end for 10 seconds at most, as RFC 7240 has it.',
    },
  },
};

/** Starting units: to wait for, or to look at later. */
export function executeRoutes(app: FastifyInstance, context: RouteContext): void {
  const { accessOf, executions, maxWaitMs, draining } = context;

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
      const run = await start(context, request);
      const waitMs = Math.min(preferredWaitMs(request.headers['prefer']) ?? maxWaitMs, maxWaitMs);
      const isOver = await until(settled(run), waitMs, draining);
      const execution = await executions.read(accessOf(request), run.id);
      if (!isOver) return accepted(reply, execution);
      return execution;
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
      const { id } = await start(context, request);
      return accepted(reply, await executions.read(accessOf(request), id));
    },
  );

  function accepted(reply: FastifyReply, execution: Execution): Execution {
    reply.code(202).header('location', statusPath(app, execution.executionId));
    return execution;
  }
}

async function start(
  { orchestrator, units, accessOf }: RouteContext,
  request: StartRequest,
): Promise<Run<unknown>> {
  const { input, tags = [], priority } = request.body;
  const access = accessOf(request);
  const unit = units.requireFor(access, request.body.unit);
  requireAction(access, unit.id, 'execute');
  const schema = inputSchemaOf(unit);
  if (schema)
    await checkInput(schema, input, { what: `the input of ${unit.kind} "${unit.id}"`, pointer: '/input' });
  const owner = ownerTag(access);
  const key = request.headers['idempotency-key'];
  return orchestrator.start(unit, input, {
    tags: owner === undefined ? tags : [...tags, owner],
    ...(priority !== undefined && { priority }),
    // Two principals may use the same key.
    ...(typeof key === 'string' && { idempotencyKey: `${owner ?? ''}\n${key}` }),
  });
}

const settled = (run: Run<unknown>) =>
  run.result().then(
    () => {},
    () => {},
  );

/** Of RFC 7240's preferences, `wait`. */
function preferredWaitMs(prefer: string | readonly string[] | undefined): number | undefined {
  const seconds = /(?:^|[,;\s])wait=(\d{1,9})(?=$|[,;\s])/i.exec(String(prefer ?? ''))?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
