import type { AnyFlow } from '@aiwork/core';
import { isFlow } from '../flow-file/choose-unit.ts';
import { UsageError } from '../usage-error.ts';
import type { TaskPart } from './step-options.ts';

interface Asked {
  readonly step?: string;
  readonly part: TaskPart;
}

/** The step that is asked for, and the flow or sub-flow whose step it is. @throws `AIWORK_USAGE`. */
export function chooseStep(flow: AnyFlow, { step = '', part }: Asked): { flow: AnyFlow; stepId: string } {
  const path = step.split('/');
  const last = path.pop() ?? '';
  const isTold = part === 'failure' || part === 'cancel';
  const calls = isTold && last !== '' ? [...path, last] : path;
  const within = calls.reduce(subFlow, flow);
  if (isTold) return { flow: within, stepId: part === 'failure' ? '$onFailure' : '$onCancel' };
  if (last === '') throw new UsageError('it is not said which step', { hint: 'name it with --step ID' });
  return { flow: within, stepId: last };
}

/** The flow that a step calls, for each item as well. */
function subFlow(flow: AnyFlow, stepId: string): AnyFlow {
  const node = flow.toGraph().nodes.find(({ id }) => id === stepId);
  const called = node && 'unit' in node ? node.unit : undefined;
  const unit = called && flow.parts().units[`${called.kind}:${called.id}`];
  if (unit && isFlow(unit)) return unit;
  throw new UsageError(`step "${stepId}" of flow "${flow.id}" ${node ? 'calls no flow' : 'is not there'}`);
}
