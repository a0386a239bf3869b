import { createHash } from 'node:crypto';
import type { FlowNode } from '@aiwork/core';

/** A task of a plan: a step, done when those of these names are over. */
export interface PlanTask {
  readonly name: string;
  /** Absent from tasks that do nothing. */
  readonly step?: string;
  readonly after: readonly string[];
  /** What it does, taken as it is. */
  readonly does?: FlowNode;
  /** The same as JSON, in which every `{{ … }}` is a place that is filled in: with nothing. */
  readonly template?: string;
  /** What it calls, where that is a flow. */
  readonly plan?: Plan;
}

/** The language of the reference's tool, which is JSON. */
export interface Plan {
  readonly flow: string;
  readonly tasks: readonly PlanTask[];
}

export const planPath = (flowId: string): string =>
  `plans/${createHash('sha256').update(flowId).digest('hex')}.json`;
