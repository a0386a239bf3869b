import { type AnyUnit, type Orchestrator, toReadableJson } from '@aiwork/core';
import type { FastifyInstance } from 'fastify';
import { guardAccess } from './auth/access.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { executionsOf } from './execution.ts';
import { refusalOf } from './problem/refusal.ts';
import { requestValidator } from './problem/request-validator.ts';
import { refuseUnknownRoutes } from './problem/unknown-route.ts';
import type { RouteContext } from './routes/context.ts';
import { eventRoutes } from './routes/events.ts';
import { executeRoutes } from './routes/execute.ts';
import { executionRoutes } from './routes/executions.ts';
import { healthRoutes } from './routes/health.ts';
import { unitRoutes } from './routes/units.ts';
import { execution, problem } from './schemas.ts';
import { servedUnits } from './served-units.ts';

/** What the routes serve. @since 0.1.0 */
export interface RoutesOptions {
  readonly orchestrator: Orchestrator;
  /** What clients may run: nothing else of the orchestrator's can be started. */
  readonly units: readonly AnyUnit[];
  /** How long `POST /execute` waits for the end of a run at most, in milliseconds. Default 60,000. */
  readonly maxWaitMs?: number;
  /** Who is let in, and to what; the first that knows a token says whose it is. Default: everybody, to everything. */
  readonly auth?: readonly Authenticator[];
  /** Aborts when no more work is taken: streams end, and who waits is told where to look. */
  readonly draining?: AbortSignal;
}

const problemResponse = {
  description: 'Why it was refused.',
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
};
const never = new AbortController().signal;

/**
 * The routes as a Fastify plugin, for an application that has others beside them.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when no unit is given, or two share an id.
 * @example
 * ```ts
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { aiworkRoutes } from '@aiwork/server';
 * import { fastify } from 'fastify';
 * import { z } from 'zod';
 *
 * const double = defineTask({ id: 'double', input: z.number(), run: (n) => 2 * n });
 * await using orchestrator = createOrchestrator();
 * const app = fastify();
 * await app.register(aiworkRoutes, { prefix: '/work', orchestrator, units: [double] });
 * const response = await app.inject({ method: 'POST', url: '/work/execute', body: { unit: 'double', input: 21 } });
 * console.log(response.json().output); // 42
 * await app.close();
 * ```
 * @since 0.1.0
 */
export async function aiworkRoutes(app: FastifyInstance, options: RoutesOptions): Promise<void> {
  const { orchestrator, units, maxWaitMs = 60_000, auth = [], draining = never } = options;
  const served = servedUnits(units);
  const executions = executionsOf(orchestrator, served);
  app.addSchema(execution);
  app.addSchema(problem);
  // Whatever is refused is refused in the same form.
  app.addHook('onRoute', ({ schema }) => {
    if (schema) schema.response = { ...(schema.response as object), default: problemResponse };
  });
  app.setReplySerializer((payload) => toReadableJson(payload));
  app.setErrorHandler((error, request, reply) => {
    const { problem, retryAfterSeconds } = refusalOf(error);
    if (problem.status >= 500) request.log.error({ err: error }, 'a request failed');
    if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
    return reply.code(problem.status).type('application/problem+json').send(problem);
  });
  refuseUnknownRoutes(app);
  healthRoutes(app, { orchestrator, units: served, draining });
  await app.register((guarded, _, done) => {
    const accessOf = guardAccess(guarded, auth);
    const context: RouteContext = { orchestrator, units: served, executions, accessOf, maxWaitMs, draining };
    guarded.setValidatorCompiler(requestValidator());
    executeRoutes(guarded, context);
    executionRoutes(guarded, context);
    eventRoutes(guarded, context);
    unitRoutes(guarded, context);
    done();
  });
}
