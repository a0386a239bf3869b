import { AiworkError, type AnyUnit, readTraceContext, validate } from '@aiwork/core';
import type {
  CallToolResult,
  InputRequiredResult,
  Server,
  ServerContext,
} from '@modelcontextprotocol/server';
import { metaFields } from '../meta-fields.ts';
import { accessOf, control } from './access.ts';
import { deliverAnswers, waitForRun } from './run-call.ts';
import { requireRun } from './run-tools.ts';
import type { Serving } from './serving.ts';
import { isFlow, isSchema } from './unit-schemas.ts';
import type { UnitTool } from './unit-tools.ts';

/** Runs a unit, or goes on with the run whose questions the client comes back with answers to. */
export async function callUnit(
  serving: Serving,
  server: Server,
  ctx: ServerContext,
  { unit, input, output }: UnitTool,
  given: Readonly<Record<string, unknown>>,
): Promise<CallToolResult | InputRequiredResult> {
  const asked = ctx.mcpReq.requestState<string>();
  if (asked !== undefined) {
    await control(ctx, asked, 'signal', async () => {
      const { id, unitId } = await requireRun(serving, ctx, asked, 'control');
      if (unitId !== unit.id)
        throw new AiworkError('AIWORK_INVALID_INPUT', `run "${id}" is none of "${unit.id}"`);
      await deliverAnswers(serving, id, ctx);
    });
    return waitForRun(serving, server, ctx, { unit, runId: asked, output, owns: true });
  }
  const start = async () => {
    const value = input.unwrap(given);
    await checkInput(unit, value);
    return serving.orchestrator.start(unit, value, startOptions(ctx));
  };
  const access = accessOf(ctx);
  const run = await (access.begin ? access.begin(unit.id, start) : start());
  return waitForRun(serving, server, ctx, { unit, runId: run.id, output, owns: true });
}

/** Flows check theirs as they start; the others would in a run that fails. */
function checkInput(unit: AnyUnit, value: unknown): unknown {
  if (isFlow(unit) || !('input' in unit) || !isSchema(unit.input)) return undefined;
  const what = `input of ${unit.kind} "${unit.id}"`;
  return validate(unit.input, value, { code: 'AIWORK_INVALID_INPUT', what });
}

function startOptions(ctx: ServerContext) {
  const { ownerTag } = accessOf(ctx);
  const meta: Readonly<Record<string, unknown>> = ctx.mcpReq._meta ?? {};
  const key = meta[metaFields.idempotencyKey];
  const trace = readTraceContext(meta);
  return {
    ...(ownerTag !== undefined && { tags: [ownerTag] }),
    ...(trace && { trace }),
    // Two who ask may use the same key.
    ...(typeof key === 'string' && key !== '' && { idempotencyKey: `${ownerTag ?? ''}\n${key}` }),
  };
}
