import type { FaultPlan } from '../../contracts/faults/fault-plan.ts';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { RemoteReference } from './remote-subject.ts';

/** What the mistakes that any contract has to find are made of. */
export interface FaultSabotage<A extends AnyAdapter> {
  readonly plan: FaultPlan<A>;
  readonly reference: RemoteReference<A>;
  /** The plain write, and an answer that says that it was applied. */
  readonly write: { readonly method: string; readonly answer: unknown };
  /** By which mutations it is noticed that they are sent again, with what is said then. */
  readonly sentAgain: Readonly<Record<string, string>>;
}
