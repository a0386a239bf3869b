import fc from 'fast-check';
import { stdnum } from 'stdnum';
import { describe, expect, it } from 'vitest';
import type { Detector } from '../finding/detector.ts';
import { expectSafeStream, streamThrough } from '../stream/stream.fixture.ts';
import { bankAccounts } from './bank-accounts.ts';
import { checkedNumbers } from './checked-numbers.ts';
import { emailAddresses } from './email-addresses.ts';
import { paymentCards } from './payment-cards.ts';
import { personalDataGuardrail } from './personal-data-guardrail.ts';
import { restoreGuardrail } from './restore-guardrail.ts';
import { sealedValues } from './sealed-values.ts';

const spanish = checkedNumbers({
  kind: 'DNI',
  pattern: /\d{8}[ -]?[A-Z]/i,
  isValid: (found) => stdnum.ES?.dni?.validate(found).isValid ?? false,
});

/** Texts made of what detectors nearly find. */
const parts: readonly (readonly [Detector, readonly string[]])[] = [
  [
    emailAddresses,
    ['ada@example.org', 'a@b.de', '@', '.', '-', ' ', 'ü', '𝒶', '+x', `${'x'.repeat(70)}`, '.co', "'", '<'],
  ],
  [
    paymentCards,
    [
      '4111 1111 1111 1111',
      '4111',
      '3782 822463 10005',
      '1',
      '11',
      ' ',
      '-',
      'a',
      '  ',
      '42',
      '4222222222222',
    ],
  ],
  [
    bankAccounts,
    [
      'DE89 3704 0044 0532 0130 00',
      'DE89',
      '3704 0044 0532 0130 00',
      'GB29NWBK60161331926819',
      ' ',
      'x',
      'FR',
      '-',
      '1',
    ],
  ],
  [spanish, ['54362315-K', '54362315K', '5', '43', ' ', '-', 'K', 'x', '12345678Z']],
];

const pieces = (words: readonly string[]) =>
  fc
    .tuple(
      fc.array(fc.constantFrom(...words), { maxLength: 9 }),
      fc.array(fc.nat({ max: 30 }), { maxLength: 9 }),
    )
    .map(([some, lengths]) => {
      const text = some.join('');
      const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, length) => sum + length, 0));
      return [0, ...ends].map((start, i) => text.slice(start, ends[i]));
    });

describe('personal data in a stream, however it is cut', () => {
  it.each(parts.map(([detector, words]) => [detector.kind, detector, words] as const))(
    'is never shown: %s',
    async (_, detector, words) => {
      const hide = personalDataGuardrail({ name: 'hide', detectors: [detector] });
      expect(hide.streaming).toBeDefined();
      await fc.assert(
        fc.asyncProperty(pieces(words), (cut) => expectSafeStream(hide, cut)),
        { numRuns: 400 },
      );
    },
  );

  it('is never shown, all kinds beside each other', async () => {
    const hide = personalDataGuardrail({ name: 'hide' });
    const words = parts.flatMap(([, some]) => some);
    await fc.assert(
      fc.asyncProperty(pieces(words), (cut) => expectSafeStream(hide, cut)),
      { numRuns: 400 },
    );
  });

  it('shows words as they come', () => {
    const hide = personalDataGuardrail({ name: 'hide' });
    const shown = streamThrough(hide, [
      'I am ',
      'Ada,',
      ' ada@',
      'example',
      '.org, ',
      'since 19',
      '99. ',
      'Yes.',
    ]);
    expect(shown).toEqual(['I am ', 'Ada,', ' ', '', '[email address], ', 'since ', '1999. ', '']);
  });

  it('does not take part where a detector cannot look at streams', () => {
    const detector: Detector = { kind: 'x', find: () => [] };
    expect(personalDataGuardrail({ name: 'x', detectors: [detector] }).streaming).toBeUndefined();
  });

  it('takes values out of their tokens', async () => {
    const sealed = sealedValues(Buffer.alloc(64, 7));
    const show = restoreGuardrail({ name: 'show', sealed });
    const seal = sealed.seal('email address', 'ada@example.org');
    expect(streamThrough(show, ['Write to <em', seal.slice(3, 20), seal.slice(20), ', <3']).join('|')).toBe(
      'Write to ||ada@example.org|, ',
    );
    await fc.assert(
      fc.asyncProperty(pieces([seal, '<', '<a:', 'x', '>', ' ', seal.slice(0, -5)]), (cut) =>
        expectSafeStream(show, cut),
      ),
    );
  });
});
