import type { Guardrail } from '@aiwork/core';
import type { Answer } from '../answer/answer.ts';
import { noAnswer } from '../answer/ask-model.ts';
import { parseCitedLines, toCitedText } from '../answer/cited-text.ts';
import { answerGuardrails } from './answer-guardrails.ts';

export interface CheckResult {
  readonly name: string;
  readonly outcome: 'passed' | 'redacted' | 'refused';
  readonly detail?: string;
}

export interface CheckedAnswer {
  readonly answer: Answer;
  readonly checks: readonly CheckResult[];
}

/** Shows an answer to each guardrail. One that redacts changes the answer; one that refuses it leaves nothing of it. */
export async function checkAnswer(answer: Answer, signal: AbortSignal): Promise<CheckedAnswer> {
  let text = answer.statements.length === 0 ? noAnswer : toCitedText(answer.statements);
  const checks: CheckResult[] = [];
  for (const guardrail of answerGuardrails(answer.sources, parseCitedLines)) {
    const result = await checkOne(guardrail, text, signal);
    checks.push(result.check);
    text = result.text;
  }
  const refused = checks.some(({ outcome }) => outcome === 'refused');
  const statements = refused || text === noAnswer ? [] : parseCitedLines(text);
  return { answer: { ...answer, statements, sources: refused ? [] : answer.sources }, checks };
}

async function checkOne(
  guardrail: Guardrail,
  text: string,
  signal: AbortSignal,
): Promise<{ check: CheckResult; text: string }> {
  const { name } = guardrail;
  const verdict = await guardrail.check({ text, final: true }, { signal });
  switch (verdict.action) {
    case 'pass':
      return { check: { name, outcome: 'passed' }, text };
    case 'redact': {
      const detail = verdict.reason;
      return {
        check: { name, outcome: 'redacted', ...(detail !== undefined && { detail }) },
        text: verdict.text,
      };
    }
    case 'retry':
      return { check: { name, outcome: 'refused', detail: verdict.feedback }, text };
    case 'block':
      return { check: { name, outcome: 'refused', detail: verdict.reason }, text };
  }
}
