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

/** Every check of faults that does not ask for anything to be kept. */
export function faultChecks<A extends AnyAdapter>(plan: FaultPlan<A>): readonly Check<A>[] {
  return [
    ...cutChecks(plan),
    ...refusalChecks(plan),
    ...blackHoleChecks(plan),
    ...slowLinkChecks(plan),
    ...lostReplyChecks(plan),
    ...tellingChecks(plan),
  ];
}

/** Those, and the ones of adapters that keep what they have acknowledged. */
export function keepingFaultChecks<
  A extends AnyAdapter & { readonly capabilities: { readonly durability: string } },
>(plan: FaultPlan<A>): readonly Check<A>[] {
  return [...faultChecks(plan), ...nothingLostChecks(plan)];
}
