import type { Guardrail, Verdict } from '@aiwork/core';

/** Shows a guardrail a whole text, as an agent does. */
export async function checkText(guardrail: Guardrail, text: string, signal?: AbortSignal): Promise<Verdict> {
  return guardrail.check({ text, final: true }, { signal: signal ?? new AbortController().signal });
}
