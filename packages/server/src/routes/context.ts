import type { Orchestrator } from '@aiwork/core';
import type { AccessOf } from '../auth/access.ts';
import type { Executions } from '../execution.ts';
import type { ServedUnits } from '../served-units.ts';

/** What the routes have in common. */
export interface RouteContext {
  readonly orchestrator: Orchestrator;
  readonly units: ServedUnits;
  readonly executions: Executions;
  readonly accessOf: AccessOf;
  /** How long `POST /execute` waits for the end at most, in milliseconds. */
  readonly maxWaitMs: number;
  /** Aborts when the server takes no more work. */
  readonly draining: AbortSignal;
}
