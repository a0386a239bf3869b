import type { AnyUnit, FlowNode } from '@aiwork/core';
import { isFlow, unitOf } from './limits.ts';
import type { Losses } from './losses.ts';
import { effectivePolicy } from './policies.ts';

/** Notes what of a step's `undo` is lost. */
export function noteUndo(node: FlowNode, stepId: string, losses: Losses): void {
  if (!node.undo) return;
  losses.note({
    stepId,
    what: 'undo',
    reason: 'Airflow runs nothing in reverse when a later task fails',
    advice: 'put what has to be undone into a sub-flow of its own, which one task runs',
    instead: 'nothing is undone',
  });
}

/** Notes what of a step by itself, its limits apart, Airflow cannot do. */
export function noteStep(node: FlowNode, unit: AnyUnit | undefined, stepId: string, losses: Losses): void {
  const { retry, budget } = effectivePolicy(node, unit);
  if (retry?.jitter === false && retry.backoff !== 'fixed' && retry.maxAttempts > 1 && node.kind !== 'loop') {
    losses.note({
      stepId,
      what: 'retry with exponential backoff and no jitter',
      reason: 'Airflow waits up to twice as long as its backoff says',
      advice: "leave jitter on, or use backoff: 'fixed'",
      instead: 'it waits that long',
    });
  }
  if (budget && (node.kind === 'map' || (retry && retry.maxAttempts > 1))) {
    losses.note({
      stepId,
      what: `a budget for all ${node.kind === 'map' ? 'items' : 'attempts'} together`,
      reason: 'Each is a process of its own',
      advice: 'put the budget on the unit’s own steps, or leave it out',
      instead: 'the budget holds for each',
    });
  }
  if (node.kind === 'race') {
    losses.note({
      stepId,
      what: 'a race',
      reason: 'Airflow does not stop tasks that nobody waits for any more',
      advice: 'put the race into a sub-flow of its own, which one task runs',
      instead: 'the others go on to their end',
    });
  }
  if (node.kind === 'wait') {
    losses.note({
      stepId,
      what: 'waitFor',
      reason: 'Airflow knows no run to deliver to',
      advice: 'take what is waited for as input of a flow of its own',
      instead:
        'it waits for the Airflow variable aiwork/DAG_ID/RUN_ID/TASK_ID with the payload as JSON, which nothing checks',
    });
  }
}

/** A task that runs a whole sub-flow cannot wait for what nobody can deliver to it. */
export function noteWaitInside(unit: AnyUnit | undefined, stepId: string, losses: Losses): void {
  if (!unit || !waits(unit)) return;
  losses.note({
    stepId,
    what: `waitFor inside of flow "${unit.id}"`,
    reason: 'One task runs that flow, and Airflow knows no run to deliver to',
    advice: 'take what is waited for as input of a flow of its own',
  });
}

/** Whether a flow, or one that it calls, waits for something from outside. */
function waits(flow: AnyUnit, seen = new Set<AnyUnit>()): boolean {
  if (!isFlow(flow) || seen.has(flow)) return false;
  seen.add(flow);
  return flow.toGraph().nodes.some((node) => {
    const unit = unitOf(node, flow);
    return node.kind === 'wait' || (unit !== undefined && waits(unit, seen));
  });
}
