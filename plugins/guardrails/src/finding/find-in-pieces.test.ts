import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { linkGuardrail } from '../links/link-guardrail.ts';
import { bankAccounts } from '../personal-data/bank-accounts.ts';
import { emailAddresses } from '../personal-data/email-addresses.ts';
import { paymentCards } from '../personal-data/payment-cards.ts';
import { personalDataGuardrail } from '../personal-data/personal-data-guardrail.ts';
import { replaceMatches } from '../replace-matches.ts';
import { detectorFinder } from '../stream/stream-finder.ts';
import { wordDetector } from '../words/word-detector.ts';
import { findInPieces } from './find-in-pieces.ts';

const words = wordDetector({ words: ['bad', 'bad word', 'ada'], match: 'words', folding: 'letters' });
const detectors = [emailAddresses, paymentCards, bankAccounts, words];
const finder = detectorFinder(detectors);

async function inPieces(text: string): Promise<string> {
  if (!finder) throw new Error('one of the detectors cannot look at streams');
  const { signal } = new AbortController();
  const found = (await Array.fromAsync(findInPieces(finder, text, signal))).flat();
  return replaceMatches(text, found, (_, { pattern }) => `<${pattern}>`);
}

function asWhole(text: string): string {
  const found = detectors.flatMap((detector, pattern) =>
    [...detector.find(text)].map((match) => ({ pattern, ...match })),
  );
  return replaceMatches(text, found, (_, { pattern }) => `<${pattern}>`);
}

describe('findInPieces', { timeout: 60_000 }, () => {
  const part = fc.constantFrom(
    'ada@example.org',
    '4111 1111 1111 1111',
    'DE89 3704 0044 0532 0130 00',
    'bad ',
    'word',
    '@',
    '.',
    ' ',
    '\u00ad',
    '😀',
    'x',
    '1',
  );

  it('finds what is in the whole, wherever a piece ends', async () => {
    const texts = fc.tuple(fc.nat({ max: 40 }), fc.array(part, { minLength: 4, maxLength: 60 }));
    await fc.assert(
      fc.asyncProperty(texts, async ([shift, parts]) => {
        const piece = parts.join('');
        const text = `${'-'.repeat(shift)}${piece.repeat(Math.ceil(17_000 / piece.length))}`;
        expect((await inPieces(text)) === asWhole(text), JSON.stringify([shift, parts])).toBe(true);
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  it('finds what is longer than a piece', async () => {
    const links = linkGuardrail({ name: 'links', hosts: [] });
    const text = `a ![](//evil.example/${'x'.repeat(100_000)}) b`;
    expect(await checkText(links, text)).toMatchObject({ action: 'redact', text: 'a ![]([link]) b' });
  });

  it('looks at no more at once where each finding overlaps with the next', async () => {
    const mail = detectorFinder([emailAddresses]);
    if (!mail) throw new Error('e-mail addresses cannot be found in streams');
    const text = 'a@a.a'.repeat(20_000);
    const { signal } = new AbortController();
    const found = await Array.fromAsync(findInPieces(mail, text, signal));
    expect(found.length).toBeGreaterThan(text.length / 8_192);
    const whole = [...emailAddresses.find(text)].map((match) => ({ pattern: 0, ...match }));
    expect(whole.length).toBeGreaterThan(10_000);
    expect(found.flat()).toEqual(whole);
  });

  it('lets other work have its turn', async () => {
    let turns = 0;
    let isOver = false;
    const other = (async () => {
      for (; !isOver; turns += 1) await setImmediate();
    })();
    await checkText(personalDataGuardrail({ name: 'hide' }), 'DE89 '.repeat(200_000));
    isOver = true;
    await other;
    expect(turns).toBeGreaterThan(5);
  });

  it('ends when it is told to', async () => {
    const ending = new AbortController();
    const checking = personalDataGuardrail({ name: 'hide' }).check(
      { text: 'DE89 '.repeat(200_000), final: true },
      { signal: ending.signal },
    );
    await setImmediate();
    ending.abort(new Error('enough'));
    await expect(checking).rejects.toThrow('enough');
  });
});
