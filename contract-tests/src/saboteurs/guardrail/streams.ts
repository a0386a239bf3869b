import type { GuardrailStream } from '@aiwork/core';
import type { GuardrailUnderTest } from '../../contracts/guardrail/guardrail-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken } from './broken.ts';
import { decide, showable, streamOf } from './reference.ts';

const streaming = (begin: () => GuardrailStream) => broken(() => ({ streaming: { windowChars: 10, begin } }));

/** What is let go of a text when each piece is looked at alone. */
function withoutWhatIsFound(piece: string): string {
  const verdict = decide(piece);
  if (verdict.action === 'pass') return piece;
  return verdict.action === 'redact' ? verdict.text : '';
}

/** Guardrails that look at streams in a broken way. */
export const streamSaboteurs: readonly Saboteur<GuardrailUnderTest>[] = [
  {
    id: 'looks-at-each-piece-alone',
    onlyNamed: true,
    breaks: 'Finds in a stream only what lies within one piece',
    caughtBy: [
      { check: 'guardrail.showing.as-the-verdict', message: 'what is shown of the pieces' },
      { check: 'guardrail.showing.nothing-found', message: '"forbidden" not to be shown of the pieces' },
    ],
    sabotage: streaming(() => ({ push: withoutWhatIsFound })),
  },
  {
    id: 'shows-beginnings',
    onlyNamed: true,
    breaks: 'Shows the beginning of what it then finds',
    caughtBy: [
      {
        check: 'guardrail.showing.nothing-found',
        message: 'nothing to be shown from what was found on of the pieces',
      },
    ],
    sabotage: streaming(() =>
      streamOf((text) => {
        const shown = showable(text);
        return text.length - shown.length > 3
          ? text.slice(0, Math.max(shown.length, text.indexOf('forb') + 4))
          : shown;
      }),
    ),
  },
  {
    id: 'goes-on-after-a-block',
    onlyNamed: true,
    breaks: 'Leaves out what blocks, and shows the rest',
    caughtBy: [
      { check: 'guardrail.showing.nothing-found', message: 'nothing to be shown from what was found on' },
    ],
    sabotage: streaming(() => streamOf((text) => showable(text.replaceAll('damn', '')))),
  },
  {
    id: 'shows-the-original',
    onlyNamed: true,
    breaks: 'Shows what its verdict redacts with other words',
    caughtBy: [{ check: 'guardrail.showing.as-the-verdict', message: 'what is shown of the pieces' }],
    sabotage: streaming(() => streamOf((text) => showable(text).replaceAll('[gone]', '[hidden]'))),
  },
  {
    id: 'holds-back-more-than-it-says',
    onlyNamed: true,
    breaks: 'Waits for the end of a sentence',
    caughtBy: [{ check: 'guardrail.showing.held-back-in-bounds', message: 'to be held back' }],
    sabotage: streaming(() => streamOf((text) => showable(text).slice(0, text.lastIndexOf('.') + 1))),
  },
  {
    id: 'one-stream-for-all',
    onlyNamed: true,
    breaks: 'Keeps what came of all texts in one place',
    caughtBy: [
      {
        check: 'guardrail.showing.streams-apart',
        message: 'what is shown of texts that come at the same time',
      },
    ],
    sabotage: broken(() => {
      let current = streamOf(showable);
      return {
        streaming: {
          windowChars: 10,
          begin() {
            current = streamOf(showable);
            return { push: (piece) => current.push(piece) };
          },
        },
      };
    }),
  },
  {
    id: 'slower-with-each-piece',
    onlyNamed: true,
    breaks: 'Looks at all that came with each piece, and slowly',
    caughtBy: [{ check: 'guardrail.showing.hostile-texts', message: 'to end within 500 ms' }],
    sabotage: streaming(() =>
      streamOf((text) => {
        const end = performance.now() + text.length / 100_000;
        while (text.length > 1_000 && performance.now() < end);
        return showable(text);
      }),
    ),
  },
];
