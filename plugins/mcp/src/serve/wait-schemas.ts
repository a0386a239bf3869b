import type { AnyUnit, JsonSchema } from '@aiwork/core';
import { isFlow } from './unit-schemas.ts';

/** What a call of a tool that needs approval waits for. */
const approval: JsonSchema = {
  type: 'object',
  properties: {
    approved: { type: 'boolean', description: 'Whether the call may be made.' },
    reason: { type: 'string', description: 'Why not.' },
  },
  required: ['approved'],
};

/** JSON Schema of what a step takes, as far as it is known. */
export function waitSchemaOf(unit: AnyUnit, step: string): JsonSchema | undefined {
  if (/(^|\/)approve-\d+\.\d+-[^/]+$/.test(step)) return approval;
  if (!isFlow(unit)) return undefined;
  const node = unit.toGraph().nodes.find(({ id }) => id === step);
  return node?.kind === 'wait' ? node.payloadSchema : undefined;
}
