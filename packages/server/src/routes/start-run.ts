import { type AnyUnit, validate } from '@aiwork/core';
import type { FastifyRequest } from 'fastify';
import { requireAction } from '../auth/require-action.ts';
import { type Begun, beginOnce, sentOnce } from '../idempotency.ts';
import { ownerTag } from '../ownership.ts';
import { placed } from '../problem/field-problems.ts';
import { inputSchemaOf } from '../served-units.ts';
import type { RouteContext } from './context.ts';

/** What is started, and how. */
export interface StartBody {
  readonly unit: string;
  readonly input?: unknown;
  readonly tags?: readonly string[];
  readonly priority?: number;
}

export type StartRequest = FastifyRequest<{ Body: StartBody }>;

/** Starts what a request asks for; of one that was sent before, gives the run there is. */
export function startRun(context: RouteContext, request: FastifyRequest, body: StartBody): Promise<Begun> {
  return context.audited(request, 'start', async (about) => {
    about({ unit: body.unit });
    const started = await start(context, request, body);
    about({ execution: started.run.id });
    return started;
  });
}

async function start(
  { orchestrator, units, accessOf, traceOf, places }: RouteContext,
  request: FastifyRequest,
  { unit: unitId, input, tags = [], priority }: StartBody,
): Promise<Begun> {
  const access = accessOf(request);
  const unit = units.requireFor(access, unitId);
  requireAction(access, unit.id, 'execute');
  const owner = ownerTag(access);
  const once = sentOnce(request, access);
  const trace = traceOf(request);
  const options = {
    tags:
      owner === undefined && !once ? tags : [...tags, ...(owner ? [owner] : []), ...(once ? [once.tag] : [])],
    ...(priority !== undefined && { priority }),
    ...(once && { runId: once.runId }),
    ...(trace && { trace }),
  };
  const begin = async () => {
    try {
      const checking = checkInput(unit, input);
      if (checking instanceof Promise) await checking;
      return await places.begin(() => orchestrator.start(unit, input, options));
    } catch (error) {
      throw placed(error, '/input');
    }
  };
  return beginOnce(orchestrator, once, begin);
}

/** Flows check theirs as they start; the others would in a run that fails. */
function checkInput(unit: AnyUnit, input: unknown): unknown {
  const schema = inputSchemaOf(unit);
  if (!schema || unit.kind === 'flow') return undefined;
  const what = `input of ${unit.kind} "${unit.id}"`;
  return validate(schema, input, { code: 'AIWORK_INVALID_INPUT', what });
}
