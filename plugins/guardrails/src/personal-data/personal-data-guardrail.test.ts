import { randomBytes } from 'node:crypto';
import { findPhoneNumbersInText } from 'libphonenumber-js';
import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import type { Detector } from '../finding/detector.ts';
import { personalDataGuardrail } from './personal-data-guardrail.ts';
import { restoreGuardrail } from './restore-guardrail.ts';
import { sealedValues } from './sealed-values.ts';

const text = 'I am ada@example.org.\nTake 4111 1111 1111 1111 or DE89370400440532013000.';

describe('personalDataGuardrail', () => {
  it('puts the kind in place of each value', async () => {
    expect(await checkText(personalDataGuardrail({ name: 'hide' }), text)).toEqual({
      action: 'redact',
      text: 'I am [email address].\nTake [card number] or [bank account].',
      reason: 'replaced 1 of kind "email address", 1 of kind "card number", 1 of kind "bank account"',
    });
  });

  it('passes what has none', async () => {
    expect(await checkText(personalDataGuardrail({ name: 'hide' }), 'Nobody, at 12:30.')).toEqual({
      action: 'pass',
    });
  });

  it.each([
    ['block', { action: 'block', reason: 'there is a card number at line 2, column 6' }],
    ['retry', { action: 'retry', feedback: 'there is a card number at line 2, column 6' }],
  ] as const)('can %s instead, with the place', async (onFail, verdict) => {
    const guardrail = personalDataGuardrail({ name: 'cards', onFail });
    expect(await checkText(guardrail, text.replace('ada@example.org', 'Ada'))).toEqual(verdict);
  });

  it('takes detectors made of other libraries', async () => {
    const phoneNumbers: Detector = {
      kind: 'phone number',
      find: (text) =>
        findPhoneNumbersInText(text, 'GB').map(({ startsAt, endsAt }) => ({ start: startsAt, end: endsAt })),
    };
    const guardrail = personalDataGuardrail({ name: 'phones', detectors: [phoneNumbers] });
    expect(await checkText(guardrail, 'Call 020 7946 0018 or +49 30 123456.')).toMatchObject({
      text: 'Call [phone number] or [phone number].',
    });
  });

  it('blocks when replacements are found again and again', async () => {
    const guardrail = personalDataGuardrail({ name: 'loop', replace: (_, value) => `x${value}` });
    expect(await checkText(guardrail, 'ada@example.org')).toEqual({
      action: 'block',
      reason: '1 of kind "email address" is still there after 4 rounds of redaction',
    });
  });

  it('blocks when a detector throws, and does not say what it said', async () => {
    const broken: Detector = {
      kind: 'x',
      find: (text) => {
        throw new TypeError(`cannot read ${text}`);
      },
    };
    expect(await checkText(personalDataGuardrail({ name: 'x', detectors: [broken] }), 'hunter2')).toEqual({
      action: 'block',
      reason: 'looking for x failed with TypeError',
    });
  });

  it('refuses to look for nothing', () => {
    expect(() => personalDataGuardrail({ name: 'x', detectors: [] })).toThrow('has no detectors');
  });

  it.each([
    ['no list', 'x', '`detectors` of guardrail "x" is no list'],
    ['nothing', [null], 'detectors[0] of guardrail "x"'],
    ['what finds nothing', [{ kind: 'badge' }], 'detectors[0] of guardrail "x" has no `kind` or no `find`'],
  ])('refuses what is no detector: %s', (_, detectors, message) => {
    expect(() => personalDataGuardrail({ name: 'x', detectors: detectors as never })).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });
});

describe('sealedValues', () => {
  const sealed = sealedValues(randomBytes(64));
  const hide = personalDataGuardrail({ name: 'hide', replace: sealed.seal });

  it.each([0, 1, 700, 701, 2_984, 2_985, 10_000])('restores a value of %i characters', (length) => {
    for (const char of ['x', 'ü', '😀']) {
      const value = char.repeat(length);
      const text = `a ${sealed.seal('x', value)} b`;
      expect(sealed.open(text) === `a ${value} b`, `${length} of ${char}`).toBe(true);
    }
  });

  it('are put back in what the model made of their tokens, by whoever has the key', async () => {
    const key = randomBytes(64);
    const verdict = await checkText(
      personalDataGuardrail({ name: 'hide', replace: sealedValues(key).seal }),
      text,
    );
    const hidden = verdict.action === 'redact' ? verdict.text : '';
    expect(hidden).not.toMatch(/ada|4111|DE89/);
    const show = restoreGuardrail({ name: 'show', sealed: sealedValues(key) });
    expect(await checkText(show, `You said: ${hidden}`)).toEqual({
      action: 'redact',
      text: `You said: ${text}`,
      reason: 'put values in place of their tokens',
    });
  });

  it('have the same token every time, so that the same text gets the same verdict', async () => {
    expect(await checkText(hide, text)).toEqual(await checkText(hide, text));
    expect(sealed.seal('a', 'x')).not.toBe(sealed.seal('a', 'y'));
  });

  it('stay closed without their key, or when they were changed', async () => {
    const token = sealed.seal('email address', 'ada@example.org');
    expect(sealedValues(randomBytes(64)).open(token)).toBe(token);
    for (let i = 1; i < token.length - 1; i += 1) {
      const changed = `${token.slice(0, i)}${token[i] === 'A' ? 'B' : 'A'}${token.slice(i + 1)}`;
      expect(sealed.open(changed), `changed at ${i}`).not.toContain('ada@example.org');
    }
  });

  it('open what holds a dollar sign as it is', () => {
    expect(sealed.open(sealed.seal('x', '$& $1'))).toBe('$& $1');
  });

  it('do not change with the bytes they were made of', () => {
    const key = randomBytes(64);
    const mine = sealedValues(key);
    const token = mine.seal('x', 'y');
    key.fill(0);
    expect(mine.open(token)).toBe('y');
  });

  it.each([[randomBytes(32)], ['a text'], [undefined]])('refuse the key %j', (key) => {
    expect(() => sealedValues(key as Uint8Array)).toThrow('give 64 random bytes');
  });
});
