import { isDeepStrictEqual } from 'node:util';
import type { Execution } from '@aiwork/client';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditAction } from '../audit/audit-log.ts';
import type { About } from '../audit/auditor.ts';
import { beginOnce, idempotencyKeyOf, keyReused, sentOnce } from '../idempotency.ts';
import { placed } from '../problem/field-problems.ts';
import { executionParams, idempotencyKey, startKey, stepParams } from '../schemas.ts';
import type { RouteContext } from './context.ts';
import { statusPath } from './status-path.ts';

type OfExecution<Rest = unknown> = FastifyRequest<{ Params: { readonly execution_id: string } } & Rest>;

type OfSignal = FastifyRequest<{
  Params: { readonly execution_id: string; readonly step_id: string };
  Body: { readonly payload: unknown };
}>;

/** What can be done with executions. */
export function controlRoutes(
  app: FastifyInstance,
  { orchestrator, executions, accessOf, audited, places }: RouteContext,
): void {
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
      const reason = request.body?.reason ?? 'cancelled by a client';
      await control(request, 'cancel', () => orchestrator.cancel(id, reason));
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
      await control(request, 'resume', () => places.begin(() => orchestrator.resume(id)));
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
        headers: { type: 'object', properties: startKey },
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
      const from = request.body?.from;
      const once = sentOnce(request, accessOf(request), id);
      const options = {
        ...(from !== undefined && { from }),
        ...(once && { runId: once.runId, tags: [once.tag] }),
      };
      const { run } = await control(request, 'rerun', async (about) => {
        const begun = await beginOnce(orchestrator, once, () =>
          places.begin(() => orchestrator.rerun(id, options)),
        );
        about({ execution: begun.run.id, rerunOf: id });
        return begun;
      });
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
      await control(request, 'signal', async (about) => {
        about({ step });
        if (key !== undefined) await refuseAnotherPayload(id, step, key, payload);
        const once = key === undefined ? {} : { idempotencyKey: key };
        await orchestrator.signal(id, step, payload, once).catch((error) => {
          throw placed(error, '/payload');
        });
      });
      return show(request, reply, id);
    },
  );

  /** Does something with an execution that whoever asks may control. */
  function control<T>(
    request: OfExecution,
    action: AuditAction,
    act: (about: About) => Promise<T>,
  ): Promise<T> {
    return audited(request, action, async (about) => {
      const { execution_id: id } = request.params;
      about({ execution: id });
      const { unitId } = await executions.require(accessOf(request), id, 'control');
      about({ unit: unitId });
      return act(about);
    });
  }

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
