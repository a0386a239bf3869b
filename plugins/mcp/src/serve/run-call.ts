import { type AnyUnit, hasCode } from '@aiwork/core';
import {
  type CallToolResult,
  type InputRequest,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  SdkError,
  SdkErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { accessOf, control } from './access.ts';
import { formOf, showsForms } from './elicitation.ts';
import { followRun, type RunState } from './follow-run.ts';
import type { ObjectSchema } from './object-schema.ts';
import type { OpenWait } from './open-waits.ts';
import { progressOf } from './progress.ts';
import { runResult } from './run-result.ts';
import type { Serving } from './serving.ts';
import { waitSchemaOf } from './wait-schemas.ts';
import { subFlowsOf, waitsBelow } from './waits-below.ts';

/** A call that waits for a run. */
export interface RunCall {
  readonly unit: AnyUnit;
  readonly runId: string;
  readonly output?: ObjectSchema | undefined;
  /** Whether the client may stop the run by giving up its call, and be asked what the run waits for. */
  readonly owns: boolean;
}

/**
 * Waits for a run as long as the server does, tells what happens in it, and says how it is then. What the run waits for is
 * asked with a form where the client shows them and the answer fits into one.
 */
export async function waitForRun(
  serving: Serving,
  server: Server,
  ctx: ServerContext,
  call: RunCall,
): Promise<CallToolResult | InputRequiredResult> {
  const { orchestrator, maxWaitMs } = serving;
  const { unit, runId, output, owns } = call;
  const { signal } = ctx.mcpReq;
  const schemaOf = (wait: OpenWait) => waitSchemaOf(unit, wait);
  const below = () => (subFlowsOf(unit).length === 0 ? [] : waitsBelow(orchestrator, runId));
  let state: RunState;
  try {
    state = await followRun({
      orchestrator,
      runId,
      maxWaitMs,
      onEvent: progressOf(unit, ctx),
      below,
      signal,
    });
  } catch (error) {
    if (owns && signal.aborted && isGivenUp(serving, ctx))
      await control(ctx, runId, 'cancel', () => orchestrator.cancel(runId, reasonOf(signal)));
    throw error;
  }
  const mayAsk =
    owns && !hasDeclined(ctx) && accessOf(ctx).mayDo(unit.id, 'control') && showsForms(server, ctx);
  const forms = mayAsk && state.status === 'waiting' ? formsOf(state.waits, schemaOf) : undefined;
  // The state names a run as the client itself could: what it may do with that run is looked at when it comes back.
  if (forms) return inputRequired({ inputRequests: forms, requestState: runId });
  return runResult({ runId, state, output, schemaOf });
}

/** Delivers what the client has answered; it may go on with what is left. */
export async function deliverAnswers(
  { orchestrator }: Serving,
  runId: string,
  ctx: ServerContext,
): Promise<void> {
  const { inputResponses } = ctx.mcpReq;
  for (const step of Object.keys(inputResponses ?? {})) {
    const response = inputResponse(inputResponses, step);
    if (response.kind !== 'elicit' || response.action !== 'accept') continue;
    await orchestrator.signal(runId, step, response.content ?? {});
  }
  await takeUp({ orchestrator }, runId);
}

/** A run that nobody works on has to be taken up, or what was sent to it is never seen; others take theirs up themselves. */
export async function takeUp({ orchestrator }: Pick<Serving, 'orchestrator'>, runId: string): Promise<void> {
  try {
    await orchestrator.resume(runId);
  } catch (error) {
    if (!hasCode(error, 'AIWORK_RUN_OWNED') && !hasCode(error, 'AIWORK_FLOW_NOT_REGISTERED')) throw error;
  }
}

/** Those of the run itself: what comes back names a step, and no run. */
function formsOf(
  waits: readonly OpenWait[],
  schemaOf: (wait: OpenWait) => ReturnType<typeof waitSchemaOf>,
): Record<string, InputRequest> | undefined {
  const forms = waits
    .filter(({ below }) => !below)
    .map((wait) => [wait.step, formOf(wait, schemaOf(wait))] as const);
  const asked = forms.flatMap(([step, form]) => (form ? [[step, form] as const] : []));
  return asked.length === 0 ? undefined : Object.fromEntries(asked);
}

/** Somebody who did not want to answer is not asked again. */
function hasDeclined({ mcpReq }: ServerContext): boolean {
  return Object.keys(mcpReq.inputResponses ?? {}).some((step) => {
    const response = inputResponse(mcpReq.inputResponses, step);
    return response.kind === 'elicit' && response.action !== 'accept';
  });
}

/**
 * Whether a call that broke off was given up. A pipe or session that ends says nothing of it; where each call has its own
 * connection, its end is how a client says so.
 */
function isGivenUp({ closing }: Serving, { http, mcpReq }: ServerContext): boolean {
  if (closing.aborted) return false;
  const isCutOff =
    mcpReq.signal.reason instanceof SdkError && mcpReq.signal.reason.code === SdkErrorCode.ConnectionClosed;
  return !isCutOff || (http !== undefined && mcpReq.envelope !== undefined);
}

function reasonOf({ reason }: AbortSignal): string {
  return typeof reason === 'string' && reason !== ''
    ? `the client: ${reason}`
    : 'the client gave up its call';
}
