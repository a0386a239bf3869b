import { setTimeout as delay } from 'node:timers/promises';
import type { Verdict } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { show, Violation } from '../../engine/violation.ts';
import { endOf } from '../faults/endings.ts';
import { watchStrays } from '../faults/strays.ts';
import { ask, samples } from './asking.ts';
import type { GuardrailUnderTest } from './guardrail-under-test.ts';

const needs = ['link-faults'] as const;
const kinds = ['cut', 'refuse', 'blackhole'] as const;

/** Does `work` while the link has each of its faults, with checks of every text begun right before. */
async function duringFaults(
  t: CheckContext<GuardrailUnderTest>,
  work: (fault: string, text: string, verdict: Verdict) => void,
): Promise<void> {
  const link = await t.link();
  const subject = await t.open({ throughLink: true });
  try {
    for (const fault of kinds) {
      await link.latency(20);
      const before = askAll(t, subject, `during ${fault}()`);
      await link[fault]();
      const after = askAll(t, subject, `after ${fault}()`);
      for (const { text, verdict } of [...before, ...after]) work(fault, text, await verdict);
      await link.heal();
      await decidesAgain(t, subject, fault);
    }
  } finally {
    await link.heal();
  }
}

function askAll(t: CheckContext<GuardrailUnderTest>, subject: GuardrailUnderTest, when: string) {
  return samples(t.capabilities).map((text) => {
    const verdict = decided(t, subject, text, when);
    // Awaited by the caller, unless an earlier one fails the check.
    verdict.catch(() => {});
    return { text, verdict };
  });
}

async function decided(
  t: CheckContext<GuardrailUnderTest>,
  subject: GuardrailUnderTest,
  text: string,
  when: string,
): Promise<Verdict> {
  const ending = await endOf(t, `a check of ${JSON.stringify(text)} ${when}`, ask(subject, text));
  if ('value' in ending) return ending.value;
  throw ending.error;
}

/** Every verdict has to be right again in bounded time, or a guardrail that blocks for ever would do. */
async function decidesAgain(
  t: CheckContext<GuardrailUnderTest>,
  subject: GuardrailUnderTest,
  fault: string,
): Promise<void> {
  const withinMs = 2 * t.callDeadlineMs + 500;
  const end = performance.now() + withinMs;
  const { passes, catches } = t.capabilities;
  const right = [...passes.map((text) => ({ text, action: 'pass' })), ...catches];
  for (const { text, action } of right) {
    for (;;) {
      const verdict = await decided(t, subject, text, `after ${fault}() was over`);
      if (verdict.action === action) break;
      if (performance.now() > end) {
        const expected = `'${action}' for ${JSON.stringify(text)} within ${withinMs} ms after ${fault}() was over`;
        throw new Violation(expected, show(verdict));
      }
      await delay(10);
    }
  }
}

export const faults: CheckGroup<GuardrailUnderTest> = {
  id: 'faults',
  title: 'Faults on the wire',
  checks: [
    {
      id: 'guardrail.faults.decides-again',
      rule: 'A check ends in bounded time whatever happens to the service behind it, and is right again afterwards',
      anchor: 'Guardrail',
      why: 'a service that is away would stop every run, some of them for ever',
      needs,
      run: (t) => duringFaults(t, () => {}),
    },
    {
      id: 'guardrail.faults.lets-nothing-slip',
      rule: 'A text that could not be checked does not pass, unless the guardrail declares that it fails open',
      anchor: 'Guardrail',
      why: 'whoever brings the service down, or waits until it is, gets everything through',
      needs,
      when: ({ failsOpen }) => !failsOpen || 'the guardrail declares that it fails open',
      async run(t) {
        const caught = new Set(t.capabilities.catches.map(({ text }) => text));
        await duringFaults(t, (fault, text, verdict) => {
          const expected = `${JSON.stringify(text)} not to pass around ${fault}()`;
          t.that(!caught.has(text) || verdict.action !== 'pass', expected, verdict);
        });
      },
    },
    {
      id: 'guardrail.faults.fails-open',
      rule: 'A guardrail that declares that it fails open lets a text pass when its service is away',
      anchor: 'Guardrail',
      why: 'what was declared to be optional would stop every run',
      needs,
      when: ({ failsOpen }) => failsOpen === true || 'the guardrail does not declare that it fails open',
      async run(t) {
        const link = await t.link();
        const subject = await t.open({ throughLink: true });
        await link.refuse();
        for (const text of t.capabilities.passes) {
          const verdict = await decided(t, subject, text, 'while the service is away');
          t.same(
            verdict,
            { action: 'pass' },
            `the verdict on ${JSON.stringify(text)} while the service is away`,
          );
        }
      },
    },
    {
      id: 'guardrail.faults.nothing-stray',
      rule: 'A fault is told by the verdict and by nothing else: no unhandled error, nothing printed',
      anchor: 'Guardrail',
      why: 'an error that nobody handles ends the process',
      needs,
      alone: true,
      async run(t) {
        const strays = watchStrays();
        try {
          await duringFaults(t, () => {});
        } finally {
          strays.stop();
        }
        t.same(strays.seen, [], 'errors that nobody handles, and output, while there are faults');
      },
    },
  ],
};
