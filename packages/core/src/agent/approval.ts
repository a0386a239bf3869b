import type { UnitContext } from '../engine/unit-context.ts';
import { untilAborted } from '../engine/until-aborted.ts';
import type { WireSchema } from '../schema.ts';
import type { AnyTool } from '../units/tool.ts';

/** A person's answer to a tool call. */
export interface Approval {
  readonly approved: boolean;
  readonly reason?: string;
}

/**
 * Waits until a person has decided on a call, if one has to. The decision is delivered with
 * `orchestrator.signal(runId, `${stepId}/approve-${key}`, { approved, reason })`.
 */
export async function approvalOf(
  tool: AnyTool,
  input: unknown,
  parsed: unknown,
  key: string,
  ctx: UnitContext,
): Promise<Approval> {
  if (!(await needsApproval(tool, parsed, key, ctx))) return { approved: true };
  return ctx.waitFor(`approve-${key}`, { payload: approvalSchema, prompt: { tool: tool.id, input } });
}

function needsApproval({ approval }: AnyTool, parsed: unknown, key: string, ctx: UnitContext) {
  if (typeof approval === 'boolean') return approval;
  // Recorded: a resume must not decide otherwise after somebody has been asked.
  return ctx.once(`needs-approval-${key}`, () => untilAborted(approval(parsed, ctx), ctx.signal));
}

const approvalSchema: WireSchema<unknown, Approval> = {
  '~standard': {
    version: 1,
    vendor: 'aiwork',
    validate(value) {
      const { approved, reason } = (value ?? {}) as Partial<Approval>;
      if (typeof approved !== 'boolean') {
        return { issues: [{ path: ['approved'], message: 'has to be true or false' }] };
      }
      if (reason === undefined) return { value: { approved } };
      if (typeof reason === 'string') return { value: { approved, reason } };
      return { issues: [{ path: ['reason'], message: 'has to be a string when it is given' }] };
    },
    jsonSchema: { input: () => approvalJsonSchema, output: () => approvalJsonSchema },
  },
};

const approvalJsonSchema = {
  type: 'object',
  properties: { approved: { type: 'boolean' }, reason: { type: 'string' } },
  required: ['approved'],
};
