import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { Check } from '../../engine/contract.ts';
import { blackHoleChecks } from './black-holes.ts';
import { cutChecks } from './cuts.ts';
import type { FaultPlan } from './fault-plan.ts';
import { lostReplyChecks } from './lost-replies.ts';
import { nothingLostChecks } from './nothing-lost.ts';
import { refusalChecks } from './refusals.ts';
import { slowLinkChecks } from './slow-links.ts';
import { tellingChecks } from './telling.ts';

/** Every check of faults that a contract of things that are kept has. */
export function faultChecks<
  A extends AnyAdapter & { readonly capabilities: { readonly durability: string } },
>(plan: FaultPlan<A>): readonly Check<A>[] {
  return [
    ...cutChecks(plan),
    ...refusalChecks(plan),
    ...blackHoleChecks(plan),
    ...slowLinkChecks(plan),
    ...lostReplyChecks(plan),
    ...nothingLostChecks(plan),
    ...tellingChecks(plan),
  ];
}
