import type { AnyFlow, AnyUnit, FlowNode, PolicyData } from '@aiwork/core';
import { literal, quote } from '../python/literal.ts';
import type { Losses } from './losses.ts';
import { type Arguments, effectivePolicy } from './policies.ts';

/** What decides how limits are carried over. */
export interface LimitsContext {
  readonly losses: Losses;
  readonly pools: Readonly<Record<string, string>>;
  /** How many steps share the limit of a key. */
  readonly sharers: ReadonlyMap<string, number>;
}

/** The key a step's concurrency is limited by; none where the limit is the step's alone. */
function limitKey(
  node: FlowNode,
  unit: AnyUnit | undefined,
  { concurrency }: PolicyData,
): string | undefined {
  if (concurrency === undefined) return undefined;
  if (typeof concurrency === 'object' && concurrency.key !== undefined) return concurrency.key;
  return unit && node.policy?.concurrency === undefined ? `${unit.kind}:${unit.id}` : undefined;
}

/** How many steps of the flow and its sub-flows share each key. */
export function countSharers(flow: AnyFlow, counts = new Map<string, number>(), seen = new Set<AnyUnit>()) {
  seen.add(flow);
  for (const node of flow.toGraph().nodes) {
    const unit = unitOf(node, flow);
    const key = limitKey(node, unit, effectivePolicy(node, unit));
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
    if (unit && isFlow(unit) && !seen.has(unit)) countSharers(unit, counts, seen);
  }
  return counts;
}

export function unitOf(node: FlowNode, flow: AnyFlow): AnyUnit | undefined {
  return 'unit' in node ? flow.parts().units[`${node.unit.kind}:${node.unit.id}`] : undefined;
}

export const isFlow = (unit: AnyUnit): unit is AnyFlow => unit.kind === 'flow';

export function carryLimits(
  node: FlowNode,
  unit: AnyUnit | undefined,
  stepId: string,
  { losses, pools, sharers }: LimitsContext,
): Arguments {
  const policy = effectivePolicy(node, unit);
  const { concurrency, rateLimit, priority } = policy;
  const result: [string, string][] = [];
  if (concurrency !== undefined) {
    const limit = typeof concurrency === 'number' ? concurrency : concurrency.limit;
    const key = limitKey(node, unit, policy);
    const pool = key === undefined ? undefined : Object.hasOwn(pools, key) ? pools[key] : undefined;
    if (pool !== undefined) {
      result.push(['pool', quote(pool)]);
      losses.remark(`The pool has to have ${limit} ${limit === 1 ? 'slot' : 'slots'}.`, stepId);
    } else if (node.kind === 'map' && typeof concurrency === 'number' && key === undefined) {
      result.push(['max_active_tis_per_dagrun', String(limit)]);
    } else if (key === undefined || sharers.get(key) === 1) {
      result.push(['max_active_tis_per_dag', String(limit)]);
    } else {
      losses.note({
        stepId,
        what: `the concurrency limit "${key}", which several steps share,`,
        reason: 'In Airflow only a pool is shared, and a file cannot make one',
        advice: `make a pool of ${limit} slots and name it in the option pools, as { '${key}': 'POOL' }`,
        instead: `each of the steps is limited to ${limit} by itself`,
      });
      result.push(['max_active_tis_per_dag', String(limit)]);
    }
  }
  if (rateLimit) {
    losses.note({
      stepId,
      what: 'rateLimit',
      reason: 'Airflow limits how many tasks are at work, not how many start in a time',
      advice: 'limit concurrency instead',
      instead: 'it starts as often as it is asked to',
    });
  }
  if (priority !== undefined) result.push(['priority_weight', priorityWeight(priority)]);
  return result;
}

/** Airflow keeps whole numbers of 32 bits; rounding changes no order but of priorities closer than 1. */
export const priorityWeight = (priority: number): string =>
  literal(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.round(priority)))) as string;
