import type { Answer } from '../answer/answer.ts';
import { type CheckedAnswer, checkAnswer } from './check-answer.ts';

export interface ChosenAnswer extends CheckedAnswer {
  /** What the reader should know about the choice. */
  readonly note?: string;
}

export interface Choice {
  /** What a model wrote; `undefined` when there is none or it failed. */
  readonly written: Answer | undefined;
  readonly quoted: Answer;
  /** Whether a model was to write one. */
  readonly expectModel: boolean;
  readonly signal: AbortSignal;
}

/** The model's answer when there is one that passes, and else the quoted one. */
export async function chooseAnswer({ written, quoted, expectModel, signal }: Choice): Promise<ChosenAnswer> {
  if (written) {
    const checked = await checkAnswer(written, signal);
    if (checked.checks.every(({ outcome }) => outcome !== 'refused')) return checked;
  }
  const checked = await checkAnswer(quoted, signal);
  if (!expectModel || quoted.statements.length === 0) return checked;
  return { ...checked, note: 'The model gave no answer that passes the checks, so these are quotations.' };
}
