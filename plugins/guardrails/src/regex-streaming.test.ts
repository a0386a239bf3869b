import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { regexGuardrail } from './regex-guardrail.ts';
import { expectSafeStream, streamThrough } from './stream/stream.fixture.ts';

const email = /[\w.+-]+@[\w-]+\.[\w.-]+/;

describe('regexGuardrail on a stream', () => {
  it('shows words as soon as they cannot be the beginning of a match', () => {
    const guardrail = regexGuardrail({ name: 'r', patterns: { email }, onFail: 'redact' });
    const pieces = ['Write to a', 'da', '@', 'example', '.org', ' or', ' not'];
    expect(streamThrough(guardrail, pieces)).toEqual(['Write to ', '', '', '', '', '[redacted] ', 'or ']);
  });

  it('shows nothing from a match on that blocks', () => {
    const guardrail = regexGuardrail({ name: 'r', patterns: { word: /forbidden/ }, whileStreaming: 'show' });
    expect(streamThrough(guardrail, ['a for', 'm of forbid', 'den', ' fruit']).join('|')).toBe(
      'a |form of ||',
    );
  });

  it.each([
    ['that blocks', { onFail: 'block' }],
    ['that asks again', { onFail: 'retry' }],
    ['that is told to hold', { onFail: 'redact', whileStreaming: 'hold' }],
    ['of patterns that have to be there', { expect: 'present', whileStreaming: 'show' }],
    ['for tool calls', { onFail: 'redact', on: ['tool-call'] }],
    ['on the backtracking engine', { onFail: 'redact', engine: 'backtracking' }],
  ] as const)('does not take part %s', (_, options) => {
    expect(regexGuardrail({ name: 'r', patterns: { word: 'x' }, ...options })).not.toHaveProperty(
      'streaming',
    );
  });

  it.each([
    ['looks ahead from the start', /^(?=.*\d)abc/],
    ['looks far behind', /(?<=a*)b/],
    ['changes its flags', /(?i:a)(?-i:b)/],
  ])('does not take part with a pattern that %s, or shows what is safe', async (_, pattern) => {
    const guardrail = regexGuardrail({ name: 'r', patterns: { pattern }, onFail: 'redact' });
    if (guardrail.streaming) await expectSafeStream(guardrail, ['xaB', 'aab', 'AB']);
  });

  it('says how far back it needs to see', () => {
    const windowOf = (pattern: RegExp) =>
      regexGuardrail({ name: 'r', patterns: { pattern }, whileStreaming: 'show' }).streaming?.windowChars;
    expect(windowOf(/abc/)).toBe(4);
    expect(windowOf(/\bab?(?:cd|e){2,3}\b/)).toBe(9);
    expect(windowOf(/a+/)).toBe(Infinity);
  });
});

/** Texts in which the patterns nearly match, and match across each other's ends. */
const patterns: readonly (readonly [name: string, pattern: RegExp, alphabet: string])[] = [
  ['a word', /\bab\b/, 'ab -'],
  ['not at a boundary', /\Bab\B/, 'ab '],
  ['alternatives', /ab|abcd|bc/, 'abcd'],
  ['the longest of some', /a(?:b|bc)?d?/, 'abcd'],
  ['lazy', /a.*?b/s, 'ab\n'],
  ['greedy', /a.*b/, 'ab\n'],
  ['repetitions in each other', /(?:a{1,2}b){2,}/, 'ab'],
  ['a class', /[^a\n]a[^a]/, 'ab\n'],
  ['the end of the text', /ab$/, 'ab'],
  ['the ends of lines', /^a|b$/m, 'ab\n'],
  ['the beginning of the text', /^ab+/, 'ab'],
  ['what is before it', /(?<=a)b|(?<!b)c/, 'abc'],
  ['upper and lower case', /AbÄ/i, 'abäÄ'],
  ['characters of two units', /\u{1f600}+a|\ud83d\ude01/u, '\u{1f600}\u{1f601}a'],
  ['any character', /a..b/u, 'ab\u{1f600}'],
  ['white space', /a\s{2}b/, 'a b\u00a0'],
  ['named groups', /(?<year>a)(b)/, 'ab'],
  ['an empty alternative', /a(?:|b)c/, 'abc'],
  ['a brace that counts nothing', /a{,2}b{/, 'ab{,2}'],
];

describe('a stream, however it is cut', () => {
  const pieces = (alphabet: string) =>
    fc.array(fc.string({ unit: fc.constantFrom(...alphabet.split('')), maxLength: 6 }), { maxLength: 8 });

  it.each(patterns)(
    'shows a beginning of what redaction of the whole leaves: %s',
    async (_, pattern, alphabet) => {
      const guardrail = regexGuardrail({
        name: 'r',
        patterns: { pattern },
        onFail: 'redact',
        replacement: '·',
      });
      expect(guardrail.streaming).toBeDefined();
      await fc.assert(
        fc.asyncProperty(pieces(alphabet), (cut) => expectSafeStream(guardrail, cut)),
        { numRuns: 150 },
      );
    },
  );

  it.each(patterns)('shows nothing of what blocks: %s', async (_, pattern, alphabet) => {
    const guardrail = regexGuardrail({ name: 'r', patterns: { pattern }, whileStreaming: 'show' });
    await fc.assert(
      fc.asyncProperty(pieces(alphabet), (cut) => expectSafeStream(guardrail, cut, pattern)),
      {
        numRuns: 150,
      },
    );
  });

  it('shows nothing of a match in which another pattern may begin to match', async () => {
    const guardrail = regexGuardrail({
      name: 'r',
      patterns: { one: /abc?/, two: /bcd/ },
      onFail: 'redact',
      replacement: '·',
    });
    expect(streamThrough(guardrail, ['xab', 'cx', 'abcd', ' '])).toEqual(['x', '·x', '', '· ']);
    await fc.assert(
      fc.asyncProperty(pieces('abcd'), (cut) => expectSafeStream(guardrail, cut)),
      { numRuns: 500 },
    );
  });

  it('shows what rounds of redaction leave, where a replacement makes a match with its neighbours', async () => {
    const guardrail = regexGuardrail({
      name: 'r',
      patterns: { one: /ab/, two: /x<c/, three: /<>d/ },
      onFail: 'redact',
      replacement: '<',
    });
    await fc.assert(
      fc.asyncProperty(pieces('abcdx>'), (cut) => expectSafeStream(guardrail, cut)),
      { numRuns: 500 },
    );
  });
});
