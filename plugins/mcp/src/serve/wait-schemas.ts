import type { AnyUnit, JsonSchema } from '@aiwork/core';
import type { OpenWait } from './open-waits.ts';
import { isFlow } from './unit-schemas.ts';
import { subFlowsOf } from './waits-below.ts';

/** What a call of a tool that needs approval waits for. */
const approval: JsonSchema = {
  type: 'object',
  properties: {
    approved: { type: 'boolean', description: 'Whether the call may be made.' },
    reason: { type: 'string', description: 'Why not.' },
  },
  required: ['approved'],
};

/** JSON Schema of what a step of a run of the unit takes, or of a run below it, as far as it is known. */
export function waitSchemaOf(unit: AnyUnit, { step, below }: OpenWait): JsonSchema | undefined {
  if (/(^|\/)approve-\d+\.\d+-[^/]+$/.test(step)) return approval;
  const waiting = below ? subFlowsOf(unit).find(({ id }) => id === below.unitId) : unit;
  if (!waiting || !isFlow(waiting)) return undefined;
  const node = waiting.toGraph().nodes.find(({ id }) => id === step);
  return node?.kind === 'wait' ? node.payloadSchema : undefined;
}
