import type { Guardrail } from '@aiwork/core';
import {
  bankAccounts,
  emailAddresses,
  injectionGuardrail,
  lengthGuardrail,
  linkGuardrail,
  paymentCards,
  personalDataGuardrail,
  regexGuardrail,
  secretPatterns,
  wordGuardrail,
} from '@aiwork/guardrails';

/** Two hundred words that no text here has. */
const words = Array.from({ length: 200 }, (_, i) => `unwanted${i.toString(36)}`);

/** What is commonly looked at in an answer: ten checks, all of which look at streams. */
export const tenChecks: readonly Guardrail[] = [
  personalDataGuardrail({ name: 'e-mail addresses', detectors: [emailAddresses] }),
  personalDataGuardrail({ name: 'payment cards', detectors: [paymentCards] }),
  personalDataGuardrail({ name: 'bank accounts', detectors: [bankAccounts] }),
  regexGuardrail({ name: '16 kinds of secrets', patterns: secretPatterns, onFail: 'redact' }),
  regexGuardrail({ name: 'ticket numbers', patterns: { ticket: /\bTICK-\d{3,8}\b/ }, onFail: 'redact' }),
  regexGuardrail({ name: 'phone numbers', patterns: { phone: /\+\d[\d ]{7,14}\d/ }, onFail: 'redact' }),
  wordGuardrail({ name: '200 words', words }),
  linkGuardrail({ name: 'links', hosts: ['*.example.org'] }),
  lengthGuardrail({ name: 'characters', max: 100_000, whileStreaming: 'show' }),
  lengthGuardrail({ name: 'words', unit: 'words', max: 20_000, whileStreaming: 'show' }),
];

/** Beside the ten: it looks at what comes in. */
export const injections = injectionGuardrail({ name: 'signs of injection' });

/** What all of them find nothing in. */
const sentence =
  'The report says that orders rose by 12 percent, to 4,310 in March; the team in Zürich will look at them again on Thursday. See [the notes](https://docs.example.org/q1). ';

export const harmlessText = (chars: number) =>
  sentence.repeat(Math.ceil(chars / sentence.length)).slice(0, chars);

/** What patterns and parsers take long for, a mebibyte each. */
export const hostileTexts: ReadonlyMap<string, string> = new Map(
  ['a', '1 ', 'a@a.a', 'DE89 ', '](', 'https://'].map((part) => [
    JSON.stringify(part),
    part.repeat(2 ** 20 / part.length),
  ]),
);
