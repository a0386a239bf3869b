import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Action } from '../auth/principal.ts';
import { requireAction } from '../auth/require-action.ts';
import type { MetricsSource } from '../observe/metrics-route.ts';
import type { RouteContext } from './context.ts';

/** What an extension knows of who asks. @since 0.1.0 */
export interface ExtensionAccess {
  /**
   * Lets nobody go on who may not do that with what is called `name`: who asks needs the scope `NAME:ACTION`, as for a
   * unit.
   *
   * @throws `AIWORK_FORBIDDEN`.
   */
  require(request: FastifyRequest, name: string, action: Action): void;
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
  { accessOf }: Pick<RouteContext, 'accessOf'>,
): Promise<void> {
  const access: ExtensionAccess = {
    require: (request, name, action) => requireAction(accessOf(request), name, action),
  };
  for (const extension of extensions) {
    const inItsOwn: FastifyPluginAsync = async (own) => extension.routes(own, access);
    await app.register(inItsOwn);
  }
}
