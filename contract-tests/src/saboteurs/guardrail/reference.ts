import type { Guardrail, GuardrailStream, Verdict } from '@aiwork/core';
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

const words = ['forbidden', 'token-4711', 'damn'];
const longestWord = 'token-4711'.length;

/** How much of the end of a text may be the beginning of a word that is looked for. */
export function mayBegin(text: string): number {
  for (let length = Math.min(longestWord - 1, text.length); length > 0; length -= 1) {
    if (words.some((word) => word.startsWith(text.slice(-length)))) return length;
  }
  return 0;
}

/** Where what blocks, or has the model asked again, begins in a text; its length when there is none. */
const endOf = (text: string) =>
  ['forbidden', 'damn'].reduce((end, word) => {
    const at = text.indexOf(word);
    return at === -1 ? end : Math.min(end, at);
  }, text.length);

const redacted = (text: string) => text.replaceAll('token-4711', '[gone]');

/** What may be shown of a text that is still coming. */
export function showable(text: string): string {
  const end = endOf(text);
  return redacted(text.slice(0, end < text.length ? end : text.length - mayBegin(text)));
}

/** Looks only at what was not let go yet, so that all pieces together take time linear in the text. */
function referenceStream(): GuardrailStream {
  let held = '';
  let ended = false;
  return {
    push(piece) {
      const text = held + piece;
      const end = endOf(text);
      const cut = end < text.length ? end : text.length - mayBegin(text);
      const shown = ended ? '' : redacted(text.slice(0, cut));
      ended ||= end < text.length;
      held = ended ? '' : text.slice(cut);
      return shown;
    },
  };
}

/** Shows what `show` gives of all that came, as far as it was not shown yet. */
export function streamOf(show: (text: string) => string): GuardrailStream {
  let text = '';
  let shown = 0;
  return {
    push(piece) {
      text += piece;
      const more = show(text).slice(shown);
      shown += more.length;
      return more;
    },
  };
}

const guardrail: Guardrail = {
  name: 'reference',
  on: ['input', 'output'],
  streaming: { windowChars: longestWord, begin: referenceStream },
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
