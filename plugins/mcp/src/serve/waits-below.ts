import type { AnyFlow, AnyUnit, Orchestrator, RunRecord } from '@aiwork/core';
import { type OpenWait, trackWaits } from './open-waits.ts';
import { isFlow } from './unit-schemas.ts';

/** Deeper than anybody nests flows. */
const maxDepth = 32;

/** The run that somebody started, of one that a run has started: sub-flows are runs of their own. */
export async function rootOf(orchestrator: Orchestrator, record: RunRecord): Promise<RunRecord> {
  let root = record;
  for (let depth = 0; root.parent && depth < maxDepth; depth += 1) {
    const parent = await orchestrator.get(root.parent.runId);
    if (!parent) return root;
    root = parent;
  }
  return root;
}

/** Runs that wait are looked through for those of one flow, the latest first. */
const maxLookedThrough = 100;

/** What the runs wait for that a run has started. */
export async function waitsBelow(orchestrator: Orchestrator, runId: string): Promise<readonly OpenWait[]> {
  const { items } = await orchestrator.list({ status: 'waiting', limit: maxLookedThrough });
  const waits: OpenWait[] = [];
  for (const record of items) {
    if (!record.parent || (await rootOf(orchestrator, record)).id !== runId) continue;
    const tracked = trackWaits();
    for await (const event of orchestrator.events(record.id)) tracked.apply(event);
    const { id, unitId } = record;
    waits.push(...tracked.unanswered().map((wait) => ({ ...wait, below: { runId: id, unitId } })));
  }
  return waits;
}

/** The flows that a flow has among its steps, and those that these have. */
export function subFlowsOf(unit: AnyUnit): readonly AnyFlow[] {
  if (!isFlow(unit)) return [];
  const own = Object.values(unit.parts().units).filter(isFlow);
  return [...own, ...own.flatMap(subFlowsOf)];
}
