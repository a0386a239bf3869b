import type { CheckGroup } from '../../engine/contract.ts';
import { ask, samples } from './asking.ts';
import type { GuardrailUnderTest } from './guardrail-under-test.ts';

const prefixes = (text: string) =>
  Array.from({ length: Math.min(text.length, 60) }, (_, n) => text.slice(0, n));

export const streaming: CheckGroup<GuardrailUnderTest> = {
  id: 'streaming',
  title: 'Texts that are still being streamed',
  checks: [
    {
      id: 'guardrail.streaming.beginnings-pass',
      rule: 'The beginning of a text that passes is not held back while the rest may still come',
      anchor: 'GuardrailInput.final',
      why: 'half of a JSON text is no JSON: every streamed answer would be blocked',
      async run(t) {
        const subject = await t.open();
        for (const text of t.capabilities.passes) {
          for (const beginning of prefixes(text)) {
            const { action } = await ask(subject, beginning, { final: false });
            t.same(action, 'pass', `the verdict on the beginning ${JSON.stringify(beginning)}`);
          }
        }
      },
    },
    {
      id: 'guardrail.streaming.end-decides',
      rule: 'The verdict on the whole text does not depend on the pieces it was shown in before',
      anchor: 'Guardrail',
      why: 'where a stream is cut is chance',
      async run(t) {
        const subject = await t.open();
        for (const text of samples(t.capabilities)) {
          const whole = await ask(subject, text);
          for (const beginning of prefixes(text)) await ask(subject, beginning, { final: false });
          t.same(
            await ask(subject, text),
            whole,
            `the verdict on ${JSON.stringify(text)} after it was streamed`,
          );
        }
      },
    },
  ],
};
