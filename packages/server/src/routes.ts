import { type AnyUnit, type Orchestrator, type Telemetry, toReadableJson } from '@aiwork/core';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { AuditLog } from './audit/audit-log.ts';
import { createAuditor } from './audit/auditor.ts';
import { ofPrincipals } from './audit/of-principals.ts';
import { guardAccess } from './auth/access.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { executionsOf } from './execution.ts';
import { checkCounts, checkTimes } from './limits/check-limits.ts';
import { limitEventLoopDelay } from './limits/event-loop.ts';
import { limitJsonDepth } from './limits/json-depth.ts';
import { limitRate, type RateLimit } from './limits/rate-limit.ts';
import { refuseWhileDraining } from './limits/refuse-while-draining.ts';
import { createRunPlaces } from './limits/run-places.ts';
import { createStreamPlaces } from './limits/stream-places.ts';
import { whoAsks } from './limits/who-asks.ts';
import { joinMetrics } from './observe/join-metrics.ts';
import { type MetricsSource, metricsRoute } from './observe/metrics-route.ts';
import { traceRequests } from './observe/trace-requests.ts';
import { answerErrors } from './problem/answer-errors.ts';
import { requestValidator } from './problem/request-validator.ts';
import { takeOnlyJson } from './problem/take-only-json.ts';
import { refuseUnknownRoutes } from './problem/unknown-route.ts';
import type { RouteContext } from './routes/context.ts';
import { controlRoutes } from './routes/control.ts';
import { eventRoutes } from './routes/events.ts';
import { executeRoutes } from './routes/execute.ts';
import { executionRoutes } from './routes/executions.ts';
import { extensionRoutes, openExtensionRoutes, type ServerExtension } from './routes/extensions.ts';
import { healthRoutes } from './routes/health.ts';
import { type McpHandler, mcpRoute } from './routes/mcp.ts';
import { unitRoutes } from './routes/units.ts';
import { createWaits } from './routes/waits.ts';
import { execution, problem } from './schemas.ts';
import { servedUnits } from './served-units.ts';
import { acceptSockets } from './stream/accept-sockets.ts';

/** What the routes serve. @since 0.1.0 */
export interface RoutesOptions {
  readonly orchestrator: Orchestrator;
  /** What clients may run: nothing else of the orchestrator's can be started. */
  readonly units: readonly AnyUnit[];
  /** How long `POST /execute` waits for the end of a run at most, in milliseconds. Default 60,000. */
  readonly maxWaitMs?: number;
  /** Who is let in, and to what; the first that knows a token says whose it is. Default: everybody, to everything. */
  readonly auth?: readonly Authenticator[];
  /** How many requests each may make. Default: any number. */
  readonly rateLimit?: RateLimit;
  /**
   * How many executions that were begun here may be unfinished, waiting ones included; more are answered 503. Default
   * 10,000.
   */
  readonly maxUnfinished?: number;
  /** How many streams of events a principal, or without `auth` an address, may have open here; more are answered 429. Default 2,000. */
  readonly maxStreams?: number;
  /**
   * How long the events of a run are gathered at most where many read them, in milliseconds, for fewer writes. Events of few
   * readers go out at once. Default 250; with 0, those of any number do.
   */
  readonly maxEventDelayMs?: number;
  /** How late the event loop may be, in milliseconds, before requests are answered 503. Default 2000. */
  readonly maxEventLoopDelayMs?: number;
  /** Where it is written down who did what, or was kept from it. Default: nowhere. */
  readonly audit?: AuditLog;
  /** Answers clients of the Model Context Protocol at `/mcp`, as `mcpHandler` of `@aiwork/mcp` does. Default: there is none. */
  readonly mcp?: McpHandler;
  /**
   * Is told of each request, such as that of `@aiwork/telemetry`; the runs it starts are parts of it. Answers have its trace in
   * `traceresponse`, lines of the log in `trace_id`. Default: runs are parts of what `traceparent` of the request says.
   */
  readonly telemetry?: Pick<Telemetry, 'request'>;
  /** What `GET /metrics` shows, to everybody. Default: there is no such route. */
  readonly metrics?: MetricsSource;
  /** What else is served behind the same guard, such as `embeddingService` of `@aiwork/embeddings`. Default: nothing. */
  readonly extensions?: readonly ServerExtension[];
  /** Origins whose pages may open WebSockets, such as `https://app.example.org`, or `*`. Default: that of the server. */
  readonly socketOrigins?: readonly string[];
  /** Aborts when no more work is taken: streams end, who waits is told where to look, and who asks is answered 503. */
  readonly draining?: AbortSignal;
}

const problemResponse = {
  description: 'Why it was refused.',
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
};

/**
 * The routes as a Fastify plugin, for an application that has others beside them.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when no unit is given, two share an id, or an option cannot be used.
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
  const {
    orchestrator,
    units,
    maxWaitMs = 60_000,
    auth = [],
    draining = new AbortController().signal,
  } = options;
  const { extensions = [], rateLimit, audit, maxEventDelayMs = 250 } = options;
  const { maxUnfinished = 10_000, maxStreams = 2000, maxEventLoopDelayMs = 2000 } = options;
  checkTimes({ maxWaitMs, maxEventDelayMs }, 0);
  checkTimes({ maxEventLoopDelayMs }, 1);
  checkCounts({ maxUnfinished, maxStreams });
  const served = servedUnits(units);
  const executions = executionsOf(orchestrator, served);
  await acceptSockets(app);
  app.addSchema(execution);
  app.addSchema(problem);
  // Whatever is refused is refused in the same form.
  app.addHook('onRoute', ({ schema }) => {
    if (schema) schema.response = { ...(schema.response as object), default: problemResponse };
  });
  app.setReplySerializer((payload) => toReadableJson(payload));
  answerErrors(app);
  refuseUnknownRoutes(app);
  healthRoutes(app, { orchestrator, units: served, draining }, extensions);
  const metrics = joinMetrics(
    [options.metrics, ...extensions.map((each) => each.metrics)].flatMap((source) => source ?? []),
  );
  if (metrics) metricsRoute(app, metrics);
  await openExtensionRoutes(app, extensions);
  const behindGuard: FastifyPluginAsync = async (guarded) => {
    const traceOf = traceRequests(guarded, options.telemetry);
    refuseWhileDraining(guarded, draining);
    limitEventLoopDelay(guarded, maxEventLoopDelayMs);
    const audited = createAuditor(audit);
    const accessOf = guardAccess(guarded, auth, audited);
    const who = whoAsks(accessOf);
    if (rateLimit) await limitRate(guarded, rateLimit, who);
    takeOnlyJson(guarded);
    limitJsonDepth(guarded);
    const context: RouteContext = {
      orchestrator,
      units: served,
      executions,
      accessOf,
      traceOf,
      audited: audit ? ofPrincipals(audited, accessOf) : audited,
      places: createRunPlaces(maxUnfinished),
      takeStreamPlace: createStreamPlaces(maxStreams, who),
      waits: createWaits(draining),
      maxWaitMs,
      maxEventDelayMs,
      socketOrigins: options.socketOrigins ?? [],
      draining,
    };
    guarded.setValidatorCompiler(requestValidator());
    executeRoutes(guarded, context);
    executionRoutes(guarded, context);
    controlRoutes(guarded, context);
    eventRoutes(guarded, context);
    unitRoutes(guarded, context);
    if (options.mcp) mcpRoute(guarded, options.mcp, context);
    await extensionRoutes(guarded, extensions, context);
  };
  await app.register(behindGuard);
}
