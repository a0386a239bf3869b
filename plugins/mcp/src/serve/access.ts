import type { Run } from '@aiwork/core';
import type { AuthInfo, ServerContext } from '@modelcontextprotocol/server';

/** What can be done with a unit: see it and its runs; start them; stop and answer them. @since 0.1.0 */
export type McpAction = 'read' | 'execute' | 'control';

/** What somebody may do. @since 0.1.0 */
export interface McpAccess {
  /**
   * A tag of the runs that it starts: it sees those that have it, and no others. Two that share it see the same runs.
   * Without it, all runs of the served units are seen.
   */
  readonly ownerTag?: string;
  mayDo(unitId: string, action: McpAction): boolean;
  /** Begins a run, where there is a bound on them or it is written down who did what. Default: begins it. */
  begin?(unitId: string, start: () => Promise<Run<unknown>>): Promise<Run<unknown>>;
  /** Stops or answers a run, or refuses to; as `begin`. */
  control?<T>(runId: string, action: 'cancel' | 'signal', act: () => Promise<T>): Promise<T>;
}

/** Where nobody is asked who they are. */
export const everybody: McpAccess = { mayDo: () => true };

/** The field of a request's authentication that carries what it may do from the door to the tools. */
const field = 'aiwork/access';

export function authInfoOf(access: McpAccess): AuthInfo {
  return { token: '', clientId: access.ownerTag ?? '', scopes: [], extra: { [field]: access } };
}

/** @throws when nobody has let the request in. */
export function accessOfDoor(authInfo: AuthInfo | undefined): McpAccess {
  const access = authInfo?.extra?.[field];
  if (isAccess(access)) return access;
  throw new Error('a request that nobody let in has come to a tool');
}

/** Who asks. What comes over pipes has no door: whoever started the process is who asks. */
export function accessOf({ http }: ServerContext): McpAccess {
  return http ? accessOfDoor(http.authInfo) : everybody;
}

/** Stops or answers a run in the sight of who let in whoever asks. */
export function control<T>(
  ctx: ServerContext,
  runId: string,
  action: 'cancel' | 'signal',
  act: () => Promise<T>,
): Promise<T> {
  const access = accessOf(ctx);
  return access.control ? access.control(runId, action, act) : act();
}

const isAccess = (value: unknown): value is McpAccess =>
  typeof value === 'object' && value !== null && 'mayDo' in value;
