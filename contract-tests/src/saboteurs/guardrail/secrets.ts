import type { Guardrail } from '@aiwork/core';
import type { GuardrailUnderTest } from '../../contracts/guardrail/guardrail-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken } from './broken.ts';
import { decide } from './reference.ts';

export const secretSaboteurs: readonly Saboteur<GuardrailUnderTest>[] = [
  {
    id: 'quotes-while-streamed',
    breaks: 'Repeats what it found as long as the text is streamed',
    caughtBy: [
      {
        check: 'guardrail.secrets.not-while-streamed',
        message: 'no verdict on a streamed text to repeat "forbidden"',
      },
    ],
    sabotage: broken(() => ({
      check({ text, final }) {
        const verdict = decide(text);
        return verdict.action === 'block' && !final ? { ...verdict, reason: `stopped at ${text}` } : verdict;
      },
    })),
  },
  {
    id: 'throws-the-text',
    breaks: 'Throws instead of blocking, with the text as the cause',
    caughtBy: [{ check: 'guardrail.secrets.not-in-errors', message: 'no secret in what a check throws' }],
    sabotage: broken(() => ({
      check({ text }) {
        const verdict = decide(text);
        if (verdict.action !== 'block') return verdict;
        throw new Error(verdict.reason, { cause: { text } });
      },
    })),
  },
  {
    id: 'keeps-the-last-text',
    breaks: 'Keeps the text it checked last where inspecting it shows it',
    caughtBy: [
      {
        check: 'guardrail.secrets.not-in-the-guardrail',
        message: 'no secret in the guardrail when it is inspected',
      },
    ],
    sabotage: broken(() => {
      const guardrail: Partial<Guardrail> & { seen: string[] } = {
        seen: [],
        check({ text }) {
          guardrail.seen.push(text);
          return decide(text);
        },
      };
      return guardrail;
    }),
  },
];
