import type { GuardrailStream } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { ask, hostileTexts, inTime, samples } from './asking.ts';
import { type GuardrailUnderTest, withFindings, withStreams } from './guardrail-under-test.ts';

type Context = CheckContext<GuardrailUnderTest>;

function begin({ guardrail }: GuardrailUnderTest, t: Context): GuardrailStream {
  const { signal } = new AbortController();
  const stream = guardrail.streaming?.begin({ signal });
  t.that(
    stream !== undefined,
    'a guardrail that declares that it looks at streams to have `streaming`',
    stream,
  );
  return stream as GuardrailStream;
}

/** What is shown of a text after each piece of it. */
function shownOf(subject: GuardrailUnderTest, pieces: readonly string[], t: Context): readonly string[] {
  const stream = begin(subject, t);
  return pieces.map((piece) => {
    const shown: unknown = stream.push(piece);
    t.that(typeof shown === 'string', 'push to give a text', shown);
    return shown as string;
  });
}

/** A text in one piece, in pieces of one unit, and cut at random places. */
function cuts(text: string, t: Context): readonly (readonly string[])[] {
  const random = Array.from({ length: 20 }, () => {
    const pieces: string[] = [];
    for (let at = 0; at < text.length; ) {
      const end = at + t.random.integer(1, 8);
      pieces.push(text.slice(at, end));
      at = end;
    }
    return pieces;
  });
  return [[text], text.split(''), ...random];
}

/** The texts of the subject, alone and between others. */
function streamed({ passes, catches }: GuardrailUnderTest['capabilities']): readonly string[] {
  const passing = passes[0] ?? '';
  return [
    ...passes,
    ...catches.flatMap(({ text }) => [text, `${passing} ${text} ${passing}`, `${text} ${text}`]),
  ];
}

export const showing: CheckGroup<GuardrailUnderTest> = {
  id: 'showing',
  title: 'What is shown of texts that are still coming',
  checks: [
    {
      id: 'guardrail.showing.as-the-verdict',
      rule: 'What is shown of a text, wherever it is cut, is the beginning of what the verdict on the whole lets through',
      anchor: 'GuardrailStreaming.begin',
      why: 'what was shown cannot be taken back',
      when: withStreams,
      async run(t) {
        const subject = await t.open();
        for (const text of streamed(t.capabilities)) {
          const verdict = await ask(subject, text);
          if (verdict.action === 'block' || verdict.action === 'retry') continue;
          const whole = verdict.action === 'redact' ? verdict.text : text;
          for (const pieces of cuts(text, t)) {
            const shown = shownOf(subject, pieces, t).join('');
            t.same(
              shown,
              whole.slice(0, shown.length),
              `what is shown of the pieces ${JSON.stringify(pieces)}`,
            );
          }
        }
      },
    },
    {
      id: 'guardrail.showing.nothing-found',
      rule: 'Nothing that a verdict must not repeat is shown, and of a text that does not pass only what is before it',
      anchor: 'GuardrailStreaming.begin',
      why: 'whoever watches sees each piece at once: a secret in two pieces is a secret',
      when: (facts) => {
        const streams = withStreams(facts);
        return streams === true ? withFindings(facts) : streams;
      },
      async run(t) {
        const subject = await t.open();
        for (const { text, found, action } of t.capabilities.catches) {
          if (found === undefined) continue;
          for (const pieces of cuts(text, t)) {
            const shown = shownOf(subject, pieces, t).join('');
            const what = `of the pieces ${JSON.stringify(pieces)}`;
            t.that(!shown.includes(found), `${JSON.stringify(found)} not to be shown ${what}`, shown);
            if (action === 'redact') continue;
            const before = text.slice(0, text.indexOf(found));
            t.that(before.startsWith(shown), `nothing to be shown from what was found on ${what}`, shown);
          }
        }
      },
    },
    {
      id: 'guardrail.showing.held-back-in-bounds',
      rule: 'No more of a text that passes is held back than the guardrail declares',
      anchor: 'GuardrailStreaming.windowChars',
      why: 'whoever watches waits, and does not know for what',
      when: withStreams,
      async run(t) {
        const subject = await t.open();
        const window = subject.guardrail.streaming?.windowChars ?? 0;
        t.that(window >= 0, 'windowChars to be a number of 0 or more', window);
        for (const text of t.capabilities.passes) {
          for (const pieces of cuts(text, t)) {
            let [came, shown] = [0, 0];
            for (const [i, piece] of shownOf(subject, pieces, t).entries()) {
              came += pieces[i]?.length ?? 0;
              shown += piece.length;
              t.that(
                came - shown <= window,
                `at most ${window} of ${JSON.stringify(text)} to be held back`,
                came - shown,
              );
            }
          }
        }
      },
    },
    {
      id: 'guardrail.showing.streams-apart',
      rule: 'Texts that come at the same time do not mix',
      anchor: 'GuardrailStreaming.begin',
      why: 'one guardrail stands in all runs of a process',
      when: withStreams,
      async run(t) {
        const subject = await t.open();
        const texts = samples(t.capabilities);
        const alone = texts.map((text) => shownOf(subject, text.split(''), t));
        const streams = texts.map(() => begin(subject, t));
        const together = texts.map((): string[] => []);
        for (let at = 0; at < Math.max(...texts.map(({ length }) => length)); at += 1) {
          for (const [i, text] of texts.entries()) {
            if (at < text.length) together[i]?.push(streams[i]?.push(text.charAt(at)) ?? '');
          }
        }
        t.same(together, alone, 'what is shown of texts that come at the same time');
      },
    },
    {
      id: 'guardrail.showing.hostile-texts',
      rule: 'The pieces of a text take bounded time together, whatever the text',
      anchor: 'GuardrailStreaming.begin',
      why: 'each token of a model would wait longer than the one before',
      when: withStreams,
      async run(t) {
        const subject = await t.open();
        for (const [what, text] of hostileTexts) {
          const pieces = text.match(/.{1,500}/gs) ?? [];
          await inTime(t, async () => shownOf(subject, pieces, t), `a stream of ${what}`);
        }
      },
    },
  ],
};
