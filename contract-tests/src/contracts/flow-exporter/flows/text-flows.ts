import { type AnyFlow, defineFlow, defineTask } from '@aiwork/core';
import { anything, described } from './anything.ts';
import type { FlowFeature } from './features.ts';
import { constants, hostileTexts } from './texts.ts';

const same = defineTask({ id: 'same', input: anything, run: (value) => value });

/** Texts that a tool may show: one line, and not long. */
const short = hostileTexts.filter(
  (text) => text.trim() !== '' && text.length <= 50 && !/\p{Cc}|\u2028|\u2029/u.test(text),
);

/** Flows with hostile texts wherever a flow may have one, of as many kinds as the tool takes. */
export function textFlows(takes: (features: readonly FlowFeature[]) => boolean): readonly AnyFlow[] {
  const schema = {
    type: 'object',
    title: '{{ title }}',
    description: hostileTexts.join('\n'),
    properties: { "it's": { type: 'string', default: '"""', description: '\\', enum: ['"""', "'''"] } },
  };
  const flows: readonly (readonly [readonly FlowFeature[], () => AnyFlow])[] = [
    [
      ['call'],
      () => defineFlow({ id: 'constants', input: anything }, (f) => f.call('called', same, { constants })),
    ],
    [
      ['map'],
      () => defineFlow({ id: 'items', input: anything }, (f) => f.map('mapped', same, { over: constants })),
    ],
    [
      [],
      () =>
        defineFlow({ id: 'version', version: hostileTexts.join('\n'), input: anything }, (f) =>
          f.step('only', { run: () => 1 }),
        ),
    ],
    [
      ['tags'],
      () => defineFlow({ id: 'tags', tags: short, input: anything }, (f) => f.step('only', { run: () => 1 })),
    ],
    [
      ['input-schema'],
      () => defineFlow({ id: 'schema', input: described(schema) }, (f) => f.step('only', { run: () => 1 })),
    ],
    [
      ['schedule', 'schedule-input'],
      () =>
        defineFlow(
          { id: 'scheduled', input: anything, schedule: { cron: '0 6 * * *', input: { constants } } },
          (f) => f.step('only', { run: () => 1 }),
        ),
    ],
  ];
  return flows.flatMap(([features, make]) => (takes(features) ? [make()] : []));
}
