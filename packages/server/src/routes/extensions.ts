import type { Execution } from '@aiwork/client';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Action } from '../auth/principal.ts';
import { requireAction } from '../auth/require-action.ts';
import type { MetricsSource } from '../observe/metrics-route.ts';
import type { RouteContext } from './context.ts';
import { type StartBody, startRun } from './start-run.ts';

/** What an extension knows of who asks. @since 0.1.0 */
export interface ExtensionAccess {
  /**
   * Lets nobody go on who may not do that with what is called `name`: who asks needs the scope `NAME:ACTION`, as for a
   * unit.
   *
   * @throws `AIWORK_FORBIDDEN`.
   */
  require(request: FastifyRequest, name: string, action: Action): void;
  /** Id of who asks, as runs are tagged with it; nothing where everybody may do everything. */
  owner(request: FastifyRequest): string | undefined;
  /**
   * Starts a unit that the server serves, as `POST /execute-async` does: for who asks, counted, audited, and once for an
   * `Idempotency-Key`.
   *
   * @throws `AIWORK_FLOW_NOT_REGISTERED`, `AIWORK_FORBIDDEN`, `AIWORK_INVALID_INPUT`, `AIWORK_OVERLOADED`,
   * `AIWORK_KEY_REUSED`.
   */
  start(request: FastifyRequest, what: Pick<StartBody, 'unit' | 'input'>): Promise<Execution>;
}

/**
 * What a package serves beside executions: its routes are behind whom the server lets in and the limits it keeps, what they
 * throw is answered in the form of all else, and by their schemas they are a part of `/openapi.json`.
 *
 * @since 0.1.0
 */
export interface ServerExtension {
  /** What it is called in `GET /info`. */
  readonly name: string;
  /** Adds its routes. Hooks and parsers that it adds are for them alone. */
  routes(app: FastifyInstance, access: ExtensionAccess): void | Promise<void>;
  /** Adds routes for everybody, such as a page that asks for a token: nobody is kept from them. */
  openRoutes?(app: FastifyInstance): void | Promise<void>;
  /** Rejects while it cannot do its work: `GET /health` answers 503 then. */
  check?(signal: AbortSignal): Promise<void>;
  /** What `GET /info` tells everybody of it. */
  info?(): object;
  /** What `GET /metrics` shows of it, behind the metrics of the server. */
  readonly metrics?: MetricsSource;
}

/** Adds the routes of extensions, each in a context of its own. */
export async function extensionRoutes(
  app: FastifyInstance,
  extensions: readonly ServerExtension[],
  context: RouteContext,
): Promise<void> {
  const { accessOf, executions } = context;
  const access: ExtensionAccess = {
    require: (request, name, action) => requireAction(accessOf(request), name, action),
    owner: (request) => accessOf(request).principal?.id,
    async start(request, what) {
      const { run } = await startRun(context, request, what);
      return executions.read(accessOf(request), run.id);
    },
  };
  for (const extension of extensions) {
    const inItsOwn: FastifyPluginAsync = async (own) => extension.routes(own, access);
    await app.register(inItsOwn);
  }
}

/** Adds the routes of extensions that are for everybody. */
export async function openExtensionRoutes(
  app: FastifyInstance,
  extensions: readonly ServerExtension[],
): Promise<void> {
  for (const extension of extensions) await extension.openRoutes?.(app);
}
