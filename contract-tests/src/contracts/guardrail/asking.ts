import { setTimeout as delay } from 'node:timers/promises';
import type { Verdict } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import { Violation } from '../../engine/violation.ts';
import type { GuardrailUnderTest } from './guardrail-under-test.ts';

interface AskOptions {
  readonly final?: boolean;
  readonly signal?: AbortSignal;
}

/** What is decided on a text. A guardrail that throws counts as `block`. */
export async function ask(
  { guardrail }: GuardrailUnderTest,
  text: string,
  { final = true, signal = new AbortController().signal }: AskOptions = {},
): Promise<Verdict> {
  try {
    return await guardrail.check({ text, final }, { signal });
  } catch (error) {
    return { action: 'block', reason: String(error) };
  }
}

/** As long as a guardrail says that it may take. */
export async function inTime<T>(
  t: CheckContext<GuardrailUnderTest>,
  call: () => Promise<T>,
  what: string,
): Promise<T> {
  const { maxMs } = t.capabilities;
  const expected = `${what} to end within ${maxMs} ms`;
  const start = performance.now();
  const patience = new AbortController();
  const late = delay(maxMs, undefined, { signal: patience.signal }).then(() => {
    throw new Violation(expected, 'a check that did not end');
  });
  try {
    const result = await Promise.race([call(), late]);
    const durationMs = Math.round(performance.now() - start);
    t.that(durationMs <= maxMs, expected, `${durationMs} ms`);
    return result;
  } finally {
    patience.abort();
    late.catch(() => {});
  }
}

/** Everything in a verdict that is shown to somebody. */
export function shownIn(verdict: Verdict): string {
  if (verdict.action === 'pass') return '';
  if (verdict.action === 'redact') return `${verdict.text}\n${verdict.reason ?? ''}`;
  return verdict.action === 'retry' ? verdict.feedback : verdict.reason;
}

/** Every text that the subject names. */
export const samples = ({ passes, catches }: GuardrailUnderTest['capabilities']): readonly string[] => [
  ...passes,
  ...catches.map(({ text }) => text),
];

const size = 200_000;

/** Texts at which parsers and patterns take too long, or give up. */
export const hostileTexts: ReadonlyMap<string, string> = new Map([
  ['no text', ''],
  ['200,000 letters and an exclamation mark', `${'a'.repeat(size)}!`],
  ['200,000 digits', '1'.repeat(size)],
  ['200,000 blanks', ' '.repeat(size)],
  ['200,000 opening brackets', '['.repeat(size)],
  ['100,000 objects in each other', '{"a":'.repeat(size / 2)],
  ['200,000 parentheses', '('.repeat(size)],
  ['200,000 backslashes', '\\'.repeat(size)],
  ['100,000 emoji', '\u{1f600}'.repeat(size / 2)],
  ['40,000 addresses without an end', 'a@a.a'.repeat(size / 5)],
  ['zeros of C and unpaired surrogates', '\u0000\ud83d\ude00\ude00'.repeat(1000)],
  ['100,000 lines', '\r\n'.repeat(size / 2)],
]);
