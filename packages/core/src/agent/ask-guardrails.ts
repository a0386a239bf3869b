import type { Guardrail, GuardrailContext, GuardrailStage, Verdict } from '../adapters/guardrail.ts';
import { untilAborted } from '../engine/until-aborted.ts';

/** @since 0.1.0 */
export interface AskGuardrailsOptions extends GuardrailContext {
  readonly stage: GuardrailStage;
}

/** What one guardrail said of a text. @since 0.1.0 */
export interface GuardrailAnswer {
  readonly guardrail: Guardrail;
  /** What it was shown: what the one before left of the text. */
  readonly text: string;
  /** `block` when its check failed or gave no verdict. */
  readonly verdict: Verdict;
  /** What its check failed with. */
  readonly cause?: unknown;
}

/**
 * Shows a text to the guardrails of a stage as an agent does: one after another, each what the one before left of it, until
 * one blocks or wants the model asked again. Nothing is journaled.
 *
 * @throws the reason of the signal when it aborts.
 * @example
 * ```ts
 * import { askGuardrails, type Guardrail } from '@aiwork/core';
 *
 * const calm: Guardrail = {
 *   name: 'calm',
 *   on: ['output'],
 *   check: ({ text }) => (text.includes('!') ? { action: 'block', reason: 'too loud' } : { action: 'pass' }),
 * };
 * const { signal } = new AbortController();
 * for await (const { guardrail, verdict } of askGuardrails([calm], 'Now!', { stage: 'output', signal }))
 *   console.log(guardrail.name, verdict.action); // calm block
 * ```
 * @since 0.1.0
 */
export async function* askGuardrails(
  guardrails: readonly Guardrail[],
  text: string,
  { stage, ...context }: AskGuardrailsOptions,
): AsyncGenerator<GuardrailAnswer, void> {
  let left = text;
  for (const guardrail of guardrails) {
    if (!guardrail.on.includes(stage)) continue;
    const answer = { guardrail, text: left, ...(await verdictOf(guardrail, left, context)) };
    yield answer;
    const { verdict } = answer;
    if (verdict.action === 'block' || verdict.action === 'retry') return;
    if (verdict.action === 'redact') left = verdict.text;
  }
}

async function verdictOf(
  guardrail: Guardrail,
  text: string,
  context: GuardrailContext,
): Promise<Pick<GuardrailAnswer, 'verdict' | 'cause'>> {
  const { signal } = context;
  let verdict: unknown;
  try {
    signal.throwIfAborted();
    verdict = await untilAborted(guardrail.check({ text, final: true }, context), signal);
  } catch (cause) {
    signal.throwIfAborted();
    const message = cause instanceof Error ? cause.message : String(cause);
    return { verdict: failed(`its check failed: ${message}`), cause };
  }
  return { verdict: isVerdict(verdict) ? verdict : failed('its check gave no verdict') };
}

// A check that cannot be made counts as one that was not passed.
const failed = (reason: string): Verdict => ({ action: 'block', reason });

function isVerdict(value: unknown): value is Verdict {
  const { action, text, feedback, reason } = (value ?? {}) as Record<string, unknown>;
  if (action === 'redact') return typeof text === 'string';
  if (action === 'retry') return typeof feedback === 'string';
  return action === 'pass' || (action === 'block' && typeof reason === 'string');
}
