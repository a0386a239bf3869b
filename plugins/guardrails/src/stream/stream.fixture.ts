import type { Guardrail } from '@aiwork/core';
import { expect } from 'vitest';
import { checkText } from '../check-text.fixture.ts';

/** What a guardrail lets be shown after each piece. */
export function streamThrough(guardrail: Guardrail, pieces: readonly string[]): readonly string[] {
  const { signal } = new AbortController();
  const stream = guardrail.streaming?.begin({ signal });
  if (!stream) throw new Error(`guardrail "${guardrail.name}" cannot look at streams`);
  return pieces.map((piece) => stream.push(piece));
}

/**
 * Expects what is shown of a text to be what its verdict lets through up to now, and as much of it as it has to be. Of a
 * text that `found` ends, nothing is shown from there on.
 */
export async function expectSafeStream(
  guardrail: Guardrail,
  pieces: readonly string[],
  found?: RegExp,
): Promise<void> {
  const text = pieces.join('');
  const shown = streamThrough(guardrail, pieces).join('');
  const verdict = await checkText(guardrail, text);
  if (verdict.action === 'block' || verdict.action === 'retry') {
    if (!found) return;
    const passing = text.slice(0, text.search(found));
    expect(passing.slice(0, shown.length), JSON.stringify(pieces)).toBe(shown);
    return;
  }
  const whole = verdict.action === 'redact' ? verdict.text : text;
  expect(whole.slice(0, shown.length), JSON.stringify(pieces)).toBe(shown);
  const window = guardrail.streaming?.windowChars ?? 0;
  if (verdict.action === 'pass') expect(text.length - shown.length).toBeLessThanOrEqual(window);
}
