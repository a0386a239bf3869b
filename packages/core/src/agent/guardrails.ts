import type { Message } from '../adapters/chat-model.ts';
import type { Guardrail, GuardrailStage, Verdict } from '../adapters/guardrail.ts';
import type { UnitContext } from '../engine/unit-context.ts';
import { untilAborted } from '../engine/until-aborted.ts';
import { AiworkError } from '../errors.ts';

/** What a chain of guardrails makes of a text: a text that may go on, or what to tell the model instead. */
export type Screened =
  | { readonly text: string }
  | { readonly feedback: string; readonly guardrail: Guardrail };

/**
 * Shows `text` to the guardrails of a stage, one after another; each sees what the one before left of it.
 *
 * @throws `AIWORK_GUARDRAIL_BLOCKED` when one blocks, fails, or gives no verdict.
 */
export async function screen(
  guardrails: readonly Guardrail[],
  stage: GuardrailStage,
  text: string,
  ctx: UnitContext,
): Promise<Screened> {
  let left = text;
  for (const guardrail of guardrails) {
    if (!guardrail.on.includes(stage)) continue;
    const verdict = await verdictOf(guardrail, stage, left, ctx);
    if (verdict.action !== 'pass') tell(guardrail, stage, verdict, ctx);
    if (verdict.action === 'block') throw blocked(guardrail, stage, ctx, verdict.reason);
    if (verdict.action === 'retry') return { feedback: verdict.feedback, guardrail };
    if (verdict.action === 'redact') left = verdict.text;
  }
  return { text: left };
}

/** A conversation with what its user said as the input guardrails leave it. */
export async function screenInput(
  conversation: readonly Message[],
  guardrails: readonly Guardrail[],
  ctx: UnitContext,
): Promise<readonly Message[]> {
  if (!guardrails.some((guardrail) => guardrail.on.includes('input'))) return conversation;
  const screened: Message[] = [];
  for (const message of conversation) {
    if (message.role !== 'user') {
      screened.push(message);
      continue;
    }
    const result = await screen(guardrails, 'input', message.content, ctx);
    // There is no model to ask again for what the user said.
    if ('feedback' in result) throw blocked(result.guardrail, 'input', ctx, result.feedback);
    screened.push({ ...message, content: result.text });
  }
  return screened;
}

async function verdictOf(
  guardrail: Guardrail,
  stage: GuardrailStage,
  text: string,
  ctx: UnitContext,
): Promise<Verdict> {
  const { signal, runId, stepId } = ctx;
  let verdict: Verdict;
  try {
    const checking = guardrail.check({ text, final: true }, { signal, runId, stepId });
    verdict = await untilAborted(checking, signal);
  } catch (cause) {
    signal.throwIfAborted();
    const message = cause instanceof Error ? cause.message : String(cause);
    throw failed(guardrail, stage, ctx, `its check failed: ${message}`, cause);
  }
  if (isVerdict(verdict)) return verdict;
  throw failed(guardrail, stage, ctx, 'its check gave no verdict');
}

function tell(
  { name }: Guardrail,
  stage: GuardrailStage,
  verdict: Exclude<Verdict, { action: 'pass' }>,
  ctx: UnitContext,
): void {
  const reason = verdict.action === 'retry' ? verdict.feedback : verdict.reason;
  const { action } = verdict;
  ctx.decided({
    type: 'guardrail.decided',
    guardrail: name,
    stage,
    action,
    ...(reason !== undefined && { reason }),
  });
}

function isVerdict(value: unknown): value is Verdict {
  const { action, text, feedback, reason } = (value ?? {}) as Record<string, unknown>;
  if (action === 'redact') return typeof text === 'string';
  if (action === 'retry') return typeof feedback === 'string';
  return action === 'pass' || (action === 'block' && typeof reason === 'string');
}

const places: Readonly<Record<GuardrailStage, string>> = {
  input: 'the input',
  output: 'the answer',
  'tool-call': 'a tool call',
  'tool-result': 'the result of a tool',
};

// A check that cannot be made counts as one that was not passed.
function failed(
  guardrail: Guardrail,
  stage: GuardrailStage,
  ctx: UnitContext,
  reason: string,
  cause?: unknown,
): AiworkError {
  tell(guardrail, stage, { action: 'block', reason }, ctx);
  return blocked(guardrail, stage, ctx, reason, cause);
}

function blocked(
  guardrail: Guardrail,
  stage: GuardrailStage,
  { stepId }: Pick<UnitContext, 'stepId'>,
  reason: string,
  cause?: unknown,
): AiworkError {
  return new AiworkError(
    'AIWORK_GUARDRAIL_BLOCKED',
    `guardrail "${guardrail.name}" blocked ${places[stage]} (stage "${stage}") of step "${stepId}": ${reason}`,
    { stepId, cause },
  );
}
