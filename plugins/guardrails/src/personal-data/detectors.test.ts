import fc from 'fast-check';
import { stdnum } from 'stdnum';
import { describe, expect, it } from 'vitest';
import type { Detector } from '../finding/detector.ts';
import { bankAccounts } from './bank-accounts.ts';
import { checkedNumbers } from './checked-numbers.ts';
import { emailAddresses } from './email-addresses.ts';
import { paymentCards } from './payment-cards.ts';

const found = (detector: Detector, text: string) =>
  [...detector.find(text)].map(({ start, end }) => text.slice(start, end));

describe('emailAddresses', () => {
  it.each([
    ['Write to ada@example.org.', ['ada@example.org']],
    ['<a.b+c@mail.example.co.uk>,x-1@y.museum', ['a.b+c@mail.example.co.uk', 'x-1@y.museum']],
    ["o'neil@example.com or 'ada@example.com'", ["o'neil@example.com", 'ada@example.com']],
    ['mailto:ada@example.org?subject=x', ['ada@example.org']],
    [
      'müller@bücher.example, 用户@例子.广告, ada@xn--bcher-kva.xn--p1ai',
      ['müller@bücher.example', '用户@例子.广告', 'ada@xn--bcher-kva.xn--p1ai'],
    ],
    ['𝒶da@example.org', ['𝒶da@example.org']],
    ['a@b.de@c.fr', ['a@b.de', 'b.de@c.fr']],
    ['"ada@example.org"', ['ada@example.org']],
    ['root@localhost, @ada, ada@, a@b.c, a@-b.de, 1@2.3', []],
    [`${'x'.repeat(80)}@example.org`, [`${'x'.repeat(64)}@example.org`]],
  ])('finds those of %j', (text, addresses) => {
    expect(found(emailAddresses, text)).toEqual(addresses);
  });

  it('finds every plain address between words', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,10}$/);
    fc.assert(
      fc.property(word, word, word, word, (before, local, host, after) => {
        const address = `${local}@${host}.example`;
        expect(found(emailAddresses, `${before} ${address}, ${after}`)).toEqual([address]);
      }),
    );
  });
});

describe('paymentCards', () => {
  // What the schemes and their processors publish for tests.
  it.each([
    '4111111111111111',
    '4111 1111 1111 1111',
    '4222222222222',
    '5555-5555-5555-4444',
    '2223003122003222',
    '3782 822463 10005',
    '6011 1111 1111 1117',
    '3056 930902 5904',
    '3566 0020 2036 0505',
    '6200 0000 0000 0005',
    '4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1',
  ])('finds %s among words and other numbers', (card) => {
    expect(found(paymentCards, `paid 12 ${card}, 12/27`)).toEqual([card]);
    expect(found(paymentCards, card)).toEqual([card]);
  });

  it('finds one that digits follow in a group of their own', () => {
    expect(found(paymentCards, '4111 1111 1111 1111 123')).toEqual(['4111 1111 1111 1111']);
    expect(found(paymentCards, '4111 1111 1111 1111 5555 5555 5555 4444')).toEqual([
      '4111 1111 1111 1111',
      '5555 5555 5555 4444',
    ]);
  });

  it.each([
    ['another check digit', '4111 1111 1111 1112'],
    ['another scheme', '1111 1111 1111 1117'],
    ['another length', '411111111111111'],
    ['letters before it', 'x4111111111111111'],
    ['letters after it', '4111111111111111_id'],
    ['more digits than a card', '41111111111111110000'],
    ['two characters between groups', '4111  1111  1111  1111'],
  ])('finds none in a number with %s', (_, text) => {
    expect(found(paymentCards, text)).toEqual([]);
  });

  it('finds none whose digits were mistyped, whichever', () => {
    const card = '4111111111111111';
    fc.assert(
      fc.property(fc.nat(15), fc.integer({ min: 1, max: 9 }), (at, by) => {
        const digit = (Number(card[at]) + by) % 10;
        expect(found(paymentCards, `${card.slice(0, at)}${digit}${card.slice(at + 1)}`)).toEqual([]);
      }),
    );
  });
});

describe('bankAccounts', () => {
  // The examples of the registry of ISO 13616.
  it.each([
    'DE89 3704 0044 0532 0130 00',
    'GB82WEST12345698765432',
    'NO93 8601 1117 947',
    'MT84 MALT 0110 0001 2345 MTLC AST0 01S',
    'fr14 2004 1010 0505 0001 3m02 606',
  ])('finds %s, also with words in the form of groups after it', (account) => {
    expect(found(bankAccounts, `Pay to ${account}.`)).toEqual([account]);
    expect(found(bankAccounts, `${account} by 2027`)).toEqual([account]);
    expect(found(bankAccounts, `${account} ${account}`)).toEqual([account, account]);
  });

  it.each([
    'DE88 3704 0044 0532 0130 00',
    'DE89 3704 0044 0532 0130',
    'DE89 3704 0044 0532 0130 001',
    'XX89 3704 0044 0532 0130 00',
    'xDE89370400440532013000',
  ])('finds none in %s', (text) => {
    expect(found(bankAccounts, text)).toEqual([]);
  });
});

describe('checkedNumbers', () => {
  const spanish = checkedNumbers({
    kind: 'DNI',
    pattern: /\b\d{8}[ -]?[A-Z]\b/i,
    isValid: (text) => stdnum.ES?.dni?.validate(text).isValid ?? false,
  });

  it('finds what has the form and passes the check', () => {
    expect(found(spanish, 'DNI 54362315-K, not 54362315-Z')).toEqual(['54362315-K']);
  });

  it('refuses a pattern that cannot run in linear time, by name', () => {
    expect(() => checkedNumbers({ kind: 'twice', pattern: /(a)\1/, isValid: () => true })).toThrow(
      /"twice".*backreference/,
    );
  });
});

describe.each([emailAddresses, paymentCards, bankAccounts])('$kind', (detector) => {
  it('comes in order, without overlaps, whatever the text', () => {
    const piece = fc.constantFrom(
      '4',
      '1111',
      ' ',
      '-',
      '@',
      '.',
      'a',
      'DE89',
      '37040044',
      '\ud83d',
      '\ude00',
      '用',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        let last = 0;
        for (const { start, end } of detector.find(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  // Quadratic work on this much takes minutes.
  it.each(['@', 'a@', '4', '4 ', '4111 ', 'DE89', 'DE89 ', 'a.', '-'])('takes 1 MB of %j', (piece) => {
    const text = piece.repeat(1_000_000 / piece.length);
    expect([...detector.find(text)].length).toBeLessThan(text.length);
  });
});
