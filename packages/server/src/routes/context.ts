import type { Orchestrator } from '@aiwork/core';
import type { Auditor } from '../audit/auditor.ts';
import type { AccessOf } from '../auth/access.ts';
import type { Executions } from '../execution.ts';
import type { RunPlaces } from '../limits/run-places.ts';
import type { TakeStreamPlace } from '../limits/stream-places.ts';
import type { TraceOf } from '../observe/trace-requests.ts';
import type { ServedUnits } from '../served-units.ts';
import type { Waits } from './waits.ts';

/** What the routes have in common. */
export interface RouteContext {
  readonly orchestrator: Orchestrator;
  readonly units: ServedUnits;
  readonly executions: Executions;
  readonly accessOf: AccessOf;
  readonly traceOf: TraceOf;
  readonly audited: Auditor;
  readonly places: RunPlaces;
  readonly takeStreamPlace: TakeStreamPlace;
  readonly waits: Waits;
  /** How long `POST /execute` waits for the end at most, in milliseconds. */
  readonly maxWaitMs: number;
  /** How long events of many readers are gathered at most, in milliseconds. */
  readonly maxEventDelayMs: number;
  /** Origins whose pages may open WebSockets, beside that of the server. */
  readonly socketOrigins: readonly string[];
  /** Aborts when the server takes no more work. */
  readonly draining: AbortSignal;
}
