import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { Check } from '../../engine/contract.ts';
import type { FaultPlan } from './fault-plan.ts';

type Parts<A extends AnyAdapter> = Omit<Check<A>, 'id' | 'anchor' | 'needs'> & {
  readonly name: string;
} & Partial<Pick<Check<A>, 'anchor' | 'needs'>>;

/** A check of faults, on a contract's adapters. */
export function faultCheck<A extends AnyAdapter>(
  plan: FaultPlan<A>,
  { name, when, needs = ['second-client', 'link-faults'], ...parts }: Parts<A>,
): Check<A> {
  return {
    id: `${plan.contract}.faults.${name}`,
    anchor: 'Adapter',
    needs,
    ...parts,
    when(capabilities) {
      const holds = plan.when?.(capabilities) ?? true;
      return holds === true ? (when?.(capabilities) ?? true) : holds;
    },
  };
}
