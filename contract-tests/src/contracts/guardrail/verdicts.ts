import type { Verdict } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { ask, hostileTexts, samples, shownIn } from './asking.ts';
import { type GuardrailUnderTest, withFindings } from './guardrail-under-test.ts';

const stages = ['input', 'output', 'tool-call', 'tool-result'];
const isSaying = (value: unknown) => typeof value === 'string' && value.trim() !== '';

function isWellFormed(verdict: Verdict): boolean {
  switch (verdict?.action) {
    case 'pass':
      return true;
    case 'redact':
      return typeof verdict.text === 'string' && (verdict.reason === undefined || isSaying(verdict.reason));
    case 'retry':
      return isSaying(verdict.feedback);
    case 'block':
      return isSaying(verdict.reason);
    default:
      return false;
  }
}

export const verdicts: CheckGroup<GuardrailUnderTest> = {
  id: 'verdicts',
  title: 'Verdicts',
  checks: [
    {
      id: 'guardrail.verdicts.names-its-stages',
      rule: 'A guardrail has a name, and looks at one stage or more that there are',
      anchor: 'Guardrail.on',
      why: 'one that looks nowhere holds back nothing',
      async run(t) {
        const { guardrail } = await t.open();
        t.that(isSaying(guardrail.name), 'a name that says something', guardrail.name);
        const { on } = guardrail;
        t.that(
          Array.isArray(on) && on.length > 0 && on.every((stage) => stages.includes(stage)),
          `on to hold one or more of ${stages.join(', ')}`,
          on,
        );
      },
    },
    {
      id: 'guardrail.verdicts.well-formed',
      rule: 'Every verdict is one of the four, with a text, a feedback or a reason that says something',
      anchor: 'Verdict',
      why: 'a block without a reason cannot be acted upon, and an unknown verdict lets nothing through',
      async run(t) {
        const subject = await t.open();
        for (const text of [...samples(t.capabilities), ...hostileTexts.values()]) {
          for (const final of [true, false]) {
            const verdict = await ask(subject, text, { final });
            t.that(
              isWellFormed(verdict),
              `a well-formed verdict on ${JSON.stringify(text.slice(0, 40))}`,
              verdict,
            );
          }
        }
      },
    },
    {
      id: 'guardrail.verdicts.passes',
      rule: 'What is in order passes',
      anchor: 'Guardrail.check',
      why: 'a guardrail that holds back good answers is turned off',
      async run(t) {
        const subject = await t.open();
        for (const text of t.capabilities.passes) {
          t.same((await ask(subject, text)).action, 'pass', `the verdict on ${JSON.stringify(text)}`);
        }
      },
    },
    {
      id: 'guardrail.verdicts.catches',
      rule: 'What is not in order gets the verdict that was set up for it, the second time too',
      anchor: 'Guardrail.check',
      why: 'this is what a guardrail is for',
      async run(t) {
        const subject = await t.open();
        for (const { text, action } of [...t.capabilities.catches, ...t.capabilities.catches]) {
          t.same((await ask(subject, text)).action, action, `the verdict on ${JSON.stringify(text)}`);
        }
      },
    },
    {
      id: 'guardrail.verdicts.not-hidden-by-length',
      rule: 'What does not pass alone does not pass at the end of a long text',
      anchor: 'Guardrail.check',
      why: 'whoever wants something through puts much in front of it, and only the first part is looked at',
      when: withFindings,
      async run(t) {
        const subject = await t.open();
        for (const { text, found } of t.capabilities.catches) {
          if (found === undefined) continue;
          const { action } = await ask(subject, `${'much of it\n'.repeat(10_000)}${text}`);
          t.that(action !== 'pass', `${JSON.stringify(text)} not to pass behind 110,000 characters`, action);
        }
      },
    },
    {
      id: 'guardrail.verdicts.redacted-passes',
      rule: 'A text that was put in place of another one passes itself',
      anchor: 'Verdict',
      why: 'what was to be redacted is still there',
      when: ({ catches }) => catches.some(({ action }) => action === 'redact') || 'it redacts nothing',
      async run(t) {
        const subject = await t.open();
        for (const { text } of t.capabilities.catches) {
          const verdict = await ask(subject, text);
          if (verdict.action !== 'redact') continue;
          const again = await ask(subject, verdict.text);
          t.same(again.action, 'pass', `the verdict on what ${JSON.stringify(text)} was redacted to`);
        }
      },
    },
    {
      id: 'guardrail.verdicts.same-again',
      rule: 'The same text gets the same verdict, whatever was checked before',
      anchor: 'Guardrail',
      why: 'a run that is replayed would take another way',
      async run(t) {
        const subject = await t.open();
        const texts = samples(t.capabilities);
        const first = new Map<string, Verdict>();
        for (const text of texts) first.set(text, await ask(subject, text));
        for (let n = 0; n < 40; n += 1) {
          const text = texts[t.random.integer(0, texts.length - 1)] as string;
          t.same(
            await ask(subject, text),
            first.get(text),
            `the verdict on ${JSON.stringify(text)} when asked again`,
          );
        }
      },
    },
    {
      id: 'guardrail.verdicts.at-once',
      rule: 'Checks at the same time do not mix',
      anchor: 'Guardrail',
      why: 'one guardrail stands in all runs of a process',
      async run(t) {
        const subject = await t.open();
        const texts = samples(t.capabilities);
        const alone: Verdict[] = [];
        for (const text of texts) alone.push(await ask(subject, text));
        const together = await Promise.all(texts.map((text) => ask(subject, text)));
        t.same(together, alone, 'the verdicts of checks at the same time');
      },
    },
    {
      id: 'guardrail.verdicts.repeats-nothing',
      rule: 'No verdict repeats what was found',
      anchor: 'Verdict',
      why: 'reasons are logged: a secret that was held back would be in every log',
      when: withFindings,
      async run(t) {
        const subject = await t.open();
        for (const { text, found } of t.capabilities.catches) {
          if (found === undefined) continue;
          const verdict = await ask(subject, text);
          t.that(!shownIn(verdict).includes(found), `no verdict to repeat ${JSON.stringify(found)}`, verdict);
        }
      },
    },
  ],
};
