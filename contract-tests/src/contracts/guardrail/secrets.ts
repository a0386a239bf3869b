import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { secretIn, showsNothing } from '../telling.ts';
import { ask, shownIn } from './asking.ts';
import { type GuardrailFacts, type GuardrailUnderTest, withFindings } from './guardrail-under-test.ts';

/** Where in a text something is that no verdict may repeat. */
const findings = ({ catches }: GuardrailFacts) =>
  catches.flatMap(({ text, found }) => (found === undefined ? [] : [{ text, found }]));

/** What a check throws; nothing where it gives a verdict. */
async function thrownBy(
  { guardrail }: GuardrailUnderTest,
  text: string,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    await guardrail.check({ text, final: true }, { signal });
    return undefined;
  } catch (error) {
    return error;
  }
}

const secretsOf = (t: CheckContext<GuardrailUnderTest>) => [
  ...findings(t.capabilities).map(({ found }) => found),
  ...t.secrets,
];

export const secrets: CheckGroup<GuardrailUnderTest> = {
  id: 'secrets',
  title: 'Secrets',
  checks: [
    {
      id: 'guardrail.secrets.not-while-streamed',
      rule: 'No verdict on a text that is still streamed repeats what was found',
      anchor: 'Verdict',
      why: 'what is found early is held back early, and logged as well',
      when: withFindings,
      async run(t) {
        const subject = await t.open();
        for (const { text, found } of findings(t.capabilities)) {
          const end = text.indexOf(found) + found.length;
          for (const streamed of [text.slice(0, end), text.slice(0, end + 1), text]) {
            const verdict = await ask(subject, streamed, { final: false });
            t.that(
              !shownIn(verdict).includes(found),
              `no verdict on a streamed text to repeat ${JSON.stringify(found)}`,
              verdict,
            );
          }
        }
      },
    },
    {
      id: 'guardrail.secrets.not-in-errors',
      rule: 'What a check throws repeats nothing of the text, also when it is aborted',
      anchor: 'Guardrail',
      why: 'an error carries what its message does not say: causes and properties are logged too',
      when: withFindings,
      async run(t) {
        const subject = await t.open();
        for (const { text } of findings(t.capabilities)) {
          for (const signal of [
            new AbortController().signal,
            AbortSignal.abort(new Error('the user left')),
          ]) {
            const error = await thrownBy(subject, text, signal);
            const secret = secretIn(error, secretsOf(t));
            t.that(
              secret === undefined,
              'no secret in what a check throws',
              secret && `${secret.slice(0, 4)}…`,
            );
          }
        }
      },
    },
    {
      id: 'guardrail.secrets.not-in-the-guardrail',
      rule: 'Inspecting a guardrail shows nothing of the texts it was shown, nor what it was configured with',
      anchor: 'Guardrail',
      why: 'whole objects are logged when something goes wrong, and texts that are kept are never freed',
      when: withFindings,
      async run(t) {
        const subject = await t.open();
        for (const { text } of findings(t.capabilities)) await ask(subject, text);
        showsNothing(t, subject.guardrail, 'the guardrail', secretsOf(t));
      },
    },
  ],
};
