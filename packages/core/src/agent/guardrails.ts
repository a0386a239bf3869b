import type { Message } from '../adapters/chat-model.ts';
import type { Guardrail, GuardrailStage, Verdict } from '../adapters/guardrail.ts';
import type { UnitContext } from '../engine/unit-context.ts';
import { AiworkError } from '../errors.ts';
import type { TextPlace } from '../text-place.ts';
import { askGuardrails } from './ask-guardrails.ts';

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
  place: TextPlace,
  text: string,
  ctx: UnitContext,
): Promise<Screened> {
  const { stage } = place;
  const { signal, runId, stepId } = ctx;
  let left = text;
  for await (const { guardrail, verdict, cause } of askGuardrails(guardrails, text, {
    stage,
    signal,
    runId,
    stepId,
  })) {
    if (verdict.action !== 'pass') tell(guardrail, place, verdict, ctx);
    if (verdict.action === 'block') throw blocked(guardrail, stage, ctx, verdict.reason, cause);
    if (verdict.action === 'retry') return { feedback: verdict.feedback, guardrail };
    if (verdict.action === 'redact') left = verdict.text;
  }
  return { text: left };
}

/** A conversation with what its user said as the input guardrails leave it, after so many turns. */
export async function screenInput(
  conversation: readonly Message[],
  guardrails: readonly Guardrail[],
  turn: number,
  ctx: UnitContext,
): Promise<readonly Message[]> {
  if (!guardrails.some((guardrail) => guardrail.on.includes('input'))) return conversation;
  const screened: Message[] = [];
  for (const [i, message] of conversation.entries()) {
    if (message.role !== 'user') {
      screened.push(message);
      continue;
    }
    const place = { stage: 'input', turn, message: i } as const;
    const result = await screen(guardrails, place, message.content, ctx);
    // There is no model to ask again for what the user said.
    if ('feedback' in result) throw blocked(result.guardrail, 'input', ctx, result.feedback);
    screened.push({ ...message, content: result.text });
  }
  return screened;
}

function tell(
  { name }: Guardrail,
  place: TextPlace,
  verdict: Exclude<Verdict, { action: 'pass' }>,
  ctx: UnitContext,
): void {
  const reason = verdict.action === 'retry' ? verdict.feedback : verdict.reason;
  const { action } = verdict;
  ctx.decided({
    type: 'guardrail.decided',
    guardrail: name,
    ...place,
    action,
    ...(reason !== undefined && { reason }),
  });
}

const places: Readonly<Record<GuardrailStage, string>> = {
  input: 'the input',
  output: 'the answer',
  'tool-call': 'a tool call',
  'tool-result': 'the result of a tool',
};

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
