import { setTimeout as delay } from 'node:timers/promises';
import type { Verdict } from '@aiwork/core';
import type { GuardrailUnderTest } from '../../contracts/guardrail/guardrail-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken } from './broken.ts';
import { guardrailFaultSaboteurs } from './faults.ts';
import { decide } from './reference.ts';
import { secretSaboteurs } from './secrets.ts';
import { streamSaboteurs } from './streams.ts';

/** Timers are let go some time after the check that has to find them. */
const leakMs = 2000;

/** Broken guardrails, each with the checks that have to find it. */
export const guardrailSaboteurs: readonly Saboteur<GuardrailUnderTest>[] = [
  {
    id: 'looks-nowhere',
    breaks: 'Looks at no stage',
    caughtBy: [{ check: 'guardrail.verdicts.names-its-stages', message: 'on to hold one or more of input' }],
    sabotage: broken(() => ({ on: [] })),
  },
  {
    id: 'blocks-without-a-reason',
    breaks: 'Blocks and does not say why',
    caughtBy: [
      { check: 'guardrail.verdicts.well-formed', message: 'a well-formed verdict on "this is forbidden"' },
    ],
    sabotage: broken(() => ({
      check({ text }) {
        const verdict = decide(text);
        return verdict.action === 'block' ? { action: 'block', reason: '' } : verdict;
      },
    })),
  },
  {
    id: 'answers-with-true',
    breaks: 'Gives true for a text that passes',
    caughtBy: [{ check: 'guardrail.verdicts.well-formed', message: 'a well-formed verdict' }],
    sabotage: broken(() => ({
      check({ text }) {
        const verdict = decide(text);
        return verdict.action === 'pass' ? (true as unknown as Verdict) : verdict;
      },
    })),
  },
  {
    id: 'throws-at-braces',
    breaks: 'Throws at a text that is in order',
    caughtBy: [{ check: 'guardrail.verdicts.passes', message: 'the verdict on "{ \\"total\\": 12 }"' }],
    sabotage: broken(() => ({
      check({ text }) {
        if (text.startsWith('{')) throw new Error('a brace');
        return decide(text);
      },
    })),
  },
  {
    id: 'lets-everything-pass',
    breaks: 'Lets everything pass',
    caughtBy: [
      { check: 'guardrail.verdicts.catches', message: 'the verdict on "this is forbidden" to be \'block\'' },
    ],
    sabotage: broken(() => ({ check: () => ({ action: 'pass' }) })),
  },
  {
    id: 'remembers-where-it-was',
    breaks: 'Looks on where the last match ended, as a sticky pattern does',
    caughtBy: [
      { check: 'guardrail.verdicts.catches', message: "to be 'block'" },
      { check: 'guardrail.verdicts.same-again', message: 'when asked again' },
    ],
    sabotage: broken(() => {
      const pattern = /forbidden/g;
      return {
        check: ({ text }) =>
          text.includes('forbidden') && !pattern.test(text) ? { action: 'pass' } : decide(text),
      };
    }),
  },
  {
    id: 'redacts-the-first',
    breaks: 'Redacts the first place only',
    caughtBy: [
      { check: 'guardrail.verdicts.redacted-passes', message: 'was redacted to' },
      { check: 'guardrail.verdicts.repeats-nothing', message: 'no verdict to repeat "token-4711"' },
    ],
    sabotage: broken(() => ({
      check({ text }) {
        const verdict = decide(text);
        return verdict.action === 'redact'
          ? { ...verdict, text: text.replace('token-4711', '[gone]') }
          : verdict;
      },
    })),
  },
  {
    id: 'numbers-its-reasons',
    breaks: 'Counts its verdicts in their reasons',
    caughtBy: [{ check: 'guardrail.verdicts.same-again', message: 'when asked again' }],
    sabotage: broken(() => {
      let count = 0;
      return {
        check({ text }) {
          const verdict = decide(text);
          count += 1;
          return verdict.action === 'block'
            ? { ...verdict, reason: `${verdict.reason}, number ${count}` }
            : verdict;
        },
      };
    }),
  },
  {
    id: 'one-text-for-all',
    breaks: 'Keeps the text it is looking at where the next check puts its own',
    caughtBy: [{ check: 'guardrail.verdicts.at-once', message: 'the verdicts of checks at the same time' }],
    sabotage: broken(() => {
      let current = '';
      return {
        async check({ text }) {
          current = text;
          await Promise.resolve();
          return decide(current);
        },
      };
    }),
  },
  {
    id: 'quotes-what-it-found',
    breaks: 'Repeats the text in its reason',
    caughtBy: [{ check: 'guardrail.verdicts.repeats-nothing', message: 'no verdict to repeat "forbidden"' }],
    sabotage: broken(() => ({
      check({ text }) {
        const verdict = decide(text);
        return verdict.action === 'block' ? { ...verdict, reason: `not wanted: ${text}` } : verdict;
      },
    })),
  },
  {
    id: 'blocks-half-json',
    breaks: 'Blocks JSON that is not complete while it is streamed',
    caughtBy: [{ check: 'guardrail.streaming.beginnings-pass', message: 'the verdict on the beginning "{"' }],
    sabotage: broken(() => ({
      check: ({ text }) =>
        text.startsWith('{') && !text.endsWith('}') ? { action: 'block', reason: 'no JSON' } : decide(text),
    })),
  },
  {
    id: 'collects-pieces',
    breaks: 'Puts what is streamed together by itself, and never forgets it',
    caughtBy: [{ check: 'guardrail.streaming.end-decides', message: 'after it was streamed' }],
    sabotage: broken(() => {
      let collected = '';
      return {
        check({ text, final }) {
          if (!final) collected = text;
          return collected !== '' && final ? { action: 'block', reason: 'said before' } : decide(text);
        },
      };
    }),
  },
  {
    id: 'slow-on-long-texts',
    breaks: 'Keeps the event loop for long texts',
    caughtBy: [{ check: 'guardrail.ending.hostile-texts', message: 'to end within 500 ms' }],
    sabotage: broken(() => ({
      check({ text, final }) {
        const end = performance.now() + 600;
        while (final && text.startsWith('((((') && performance.now() < end);
        return decide(text);
      },
    })),
  },
  {
    id: 'waits-after-abort',
    breaks: 'Never answers once it was aborted',
    caughtBy: [
      { check: 'guardrail.ending.aborted', message: 'a check with an aborted signal to end within 500 ms' },
    ],
    sabotage: broken(() => ({
      check: ({ text }, { signal }) => (signal.aborted ? new Promise<never>(() => {}) : decide(text)),
    })),
  },
  {
    id: 'keeps-listening',
    breaks: 'Leaves its listener on the signal of the run',
    caughtBy: [
      { check: 'guardrail.ending.no-listener-left', message: 'the number of listeners left on the signal' },
    ],
    sabotage: broken(() => ({
      check({ text }, { signal }) {
        signal.addEventListener('abort', () => {});
        return decide(text);
      },
    })),
  },
  {
    id: 'leaves-a-timer',
    breaks: 'Leaves the timer of its deadline running',
    caughtBy: [{ check: 'guardrail.ending.no-handle-left', message: 'handles that 8 checks left open' }],
    sabotage: broken(() => ({
      async check({ text }) {
        const late = delay(leakMs).then((): Verdict => ({ action: 'block', reason: 'too late' }));
        return Promise.race([decide(text), late]);
      },
    })),
  },
  {
    id: 'reads-the-first-page',
    breaks: 'Looks at the first 50,000 characters only',
    caughtBy: [
      {
        check: 'guardrail.verdicts.not-hidden-by-length',
        message: '"this is forbidden" not to pass behind 110,000 characters',
      },
    ],
    sabotage: broken(() => ({
      check: ({ text }) =>
        decide(text.slice(0, 50_000)).action === 'pass' ? { action: 'pass' } : decide(text),
    })),
  },
  ...streamSaboteurs,
  ...secretSaboteurs,
  ...guardrailFaultSaboteurs,
];
