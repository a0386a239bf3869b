import type { Guardrail, Verdict } from '@aiwork/core';
import {
  type GuardrailFacts,
  type GuardrailUnderTest,
  guardrailUnderTest,
} from '../../contracts/guardrail/guardrail-under-test.ts';
import { embedded, type Subject } from '../../engine/subject.ts';

/** Decides by what is in the text, word for word. */
export function decide(text: string): Verdict {
  if (text.includes('forbidden')) return { action: 'block', reason: 'a word that is not wanted' };
  if (text.includes('token-4711')) {
    return { action: 'redact', text: text.replaceAll('token-4711', '[gone]'), reason: 'a token' };
  }
  if (text.includes('damn')) return { action: 'retry', feedback: 'be polite' };
  return { action: 'pass' };
}

const guardrail: Guardrail = {
  name: 'reference',
  on: ['input', 'output'],
  check: ({ text }) => decide(text),
};

/** What is known of the reference. */
export const facts: GuardrailFacts = {
  passes: ['{ "total": 12 }', 'a good answer'],
  catches: [
    { text: 'this is forbidden', action: 'block', found: 'forbidden' },
    { text: 'use token-4711 and token-4711', action: 'redact', found: 'token-4711' },
    { text: 'damn it', action: 'retry', found: 'damn' },
  ],
  maxMs: 500,
};

/** A correct guardrail: what saboteurs are made of. */
export const referenceGuardrail = (): Subject<GuardrailUnderTest> => ({
  secondClient: true,
  service: embedded,
  open: () => guardrailUnderTest(guardrail, facts),
});
