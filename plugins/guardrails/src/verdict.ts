import { AiworkError, type Verdict } from '@aiwork/core';

/** @internal */
export const pass: Verdict = Object.freeze({ action: 'pass' });

/** @internal */
export const block = (reason: string): Verdict => ({ action: 'block', reason });

/** What a guardrail does with text that fails: end the run, or ask the model again. @since 0.1.0 */
export type OnFail = 'block' | 'retry';

/** @internal */
export function fail(onFail: OnFail, reason: string): Verdict {
  return onFail === 'retry' ? { action: 'retry', feedback: reason } : block(reason);
}

/** A verdict when the text is longer than `maxTextBytes`. @internal */
export function tooLong(text: string, maxTextBytes: number): Verdict | undefined {
  // No text has more bytes than three times its UTF-16 units, so most need no counting.
  if (text.length * 3 <= maxTextBytes) return undefined;
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxTextBytes) return undefined;
  return block(
    `the text has ${bytes} bytes, more than the ${maxTextBytes} of maxTextBytes, and was not looked at`,
  );
}

/** The text each action has to bring along. */
const requiredField = new Map<unknown, string | undefined>([
  ['pass', undefined],
  ['redact', 'text'],
  ['retry', 'feedback'],
  ['block', 'reason'],
]);

/**
 * Returns `value` when it is a {@link Verdict}.
 *
 * @throws `AIWORK_INVALID_VERDICT` saying what is wrong with it, without showing texts it holds.
 * @internal
 */
export function checkVerdict(value: unknown, guardrail: string): Verdict {
  const problem = verdictProblem(value);
  if (problem === undefined) return value as Verdict;
  throw new AiworkError(
    'AIWORK_INVALID_VERDICT',
    `guardrail "${guardrail}" returned ${problem}: return { action: 'pass' }, { action: 'redact', text }, { action: 'retry', feedback } or { action: 'block', reason }`,
  );
}

function verdictProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null)
    return value === null ? 'null' : `a value of type ${typeof value}`;
  const verdict = value as Record<string, unknown>;
  const action = verdict['action'];
  if (!requiredField.has(action)) return 'an object whose `action` is not known';
  const field = requiredField.get(action);
  if (field !== undefined && typeof verdict[field] !== 'string')
    return `"${action}" without a text \`${field}\``;
  if (!['undefined', 'string'].includes(typeof verdict['reason']))
    return `"${action}" with a \`reason\` that is no text`;
  return undefined;
}
