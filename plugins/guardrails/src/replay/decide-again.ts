import { type AskGuardrailsOptions, askGuardrails, type Guardrail, type Verdict } from '@aiwork/core';
import type { ReplayedDecision } from './decision-replay.ts';
import type { Decision } from './recorded-decisions.ts';

const passed: Decision = { action: 'pass' };

/** A decision, and what becomes of it. */
export type Redecided = Pick<ReplayedDecision, 'guardrail' | 'recorded' | 'now' | 'text'>;

/**
 * What guardrails decide of a text, beside what the journal has: without those that let it pass both times, and those that
 * are no longer asked at the end.
 */
export async function decideAgain(
  guardrails: readonly Guardrail[],
  text: string,
  decided: ReadonlyMap<string, Decision>,
  options: AskGuardrailsOptions,
): Promise<readonly Redecided[]> {
  const again: Redecided[] = [];
  const asked = new Set<string>();
  for await (const { guardrail, verdict, text: seen } of askGuardrails(guardrails, text, options)) {
    const { name } = guardrail;
    asked.add(name);
    const recorded = decided.get(name) ?? passed;
    const now = decisionOf(verdict);
    if (recorded.action !== 'pass' || now.action !== 'pass')
      again.push({ guardrail: name, recorded, now, text: seen });
  }
  for (const [guardrail, recorded] of decided) {
    if (asked.has(guardrail)) continue;
    const isThere = guardrails.some(({ name }) => name === guardrail);
    const reason = isThere ? 'one before it ended the matter' : 'none of this name looks at this text';
    again.push({ guardrail, recorded, now: { action: 'not-asked', reason } });
  }
  return again;
}

function decisionOf(verdict: Verdict): Decision {
  const { action } = verdict;
  const reason = action === 'retry' ? verdict.feedback : action === 'pass' ? undefined : verdict.reason;
  return { action, ...(reason !== undefined && { reason }) };
}
