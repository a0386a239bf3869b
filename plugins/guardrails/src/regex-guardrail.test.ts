import { AiworkError } from '@aiwork/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkText } from './check-text.fixture.ts';
import { type RegexGuardrailOptions, regexGuardrail } from './regex-guardrail.ts';

const email = '[a-z0-9.]+@[a-z0-9.]+';
const nasty = ['a', '0', '9', '\0', '\n', '\ud800', '\udc00', '😀', 'é', '$', '\\'];

function define(options: Partial<RegexGuardrailOptions> & Pick<RegexGuardrailOptions, 'patterns'>) {
  return regexGuardrail({ name: 'test', ...options });
}

function refusal(define: () => unknown): AiworkError {
  try {
    define();
  } catch (error) {
    if (AiworkError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('regexGuardrail', { timeout: 30_000 }, () => {
  it('passes text that no pattern matches', async () => {
    expect(await checkText(define({ patterns: { email } }), 'nobody here')).toEqual({ action: 'pass' });
  });

  it('blocks text that matches, naming pattern and place', async () => {
    const verdict = await checkText(
      define({ patterns: { key: 'sk-[a-z]+', email } }),
      'hello\nask ada@example.org',
    );
    expect(verdict).toEqual({ action: 'block', reason: 'pattern "email" matched at line 2, column 5' });
  });

  it('asks for a retry with the same words', async () => {
    const verdict = await checkText(define({ patterns: { email }, onFail: 'retry' }), 'a@b');
    expect(verdict).toEqual({ action: 'retry', feedback: 'pattern "email" matched at line 1, column 1' });
  });

  it('replaces every match of every pattern', async () => {
    const guardrail = define({
      patterns: { email, digits: /\d{4,}/ },
      onFail: 'redact',
      replacement: '<gone>',
    });
    expect(await checkText(guardrail, 'a@b, c@d or 12345')).toEqual({
      action: 'redact',
      text: '<gone>, <gone> or <gone>',
      reason: 'replaced 2 matches of pattern "email", 1 match of pattern "digits"',
    });
  });

  it('puts one replacement where matches overlap', async () => {
    const guardrail = define({ patterns: { a: 'ABC', b: 'BCD', c: 'C' }, onFail: 'redact' });
    expect(await checkText(guardrail, 'xABCDx')).toMatchObject({ text: 'x[redacted]x' });
  });

  it('reads the replacement as plain text', async () => {
    const guardrail = define({ patterns: { a: '(a)' }, onFail: 'redact', replacement: '$1$&' });
    expect(await checkText(guardrail, 'bad')).toMatchObject({ text: 'b$1$&d' });
  });

  it('redacts again what only a replacement brought together', async () => {
    const guardrail = define({ patterns: { ab: 'ab' }, onFail: 'redact', replacement: '' });
    expect(await checkText(guardrail, 'xaabby')).toMatchObject({ action: 'redact', text: 'xy' });
  });

  it('blocks what no number of rounds can redact', async () => {
    const guardrail = define({ patterns: { xy: 'xy' }, onFail: 'redact', replacement: 'x' });
    expect(await checkText(guardrail, 'xyyy')).toMatchObject({ action: 'redact', text: 'x' });
    expect(await checkText(guardrail, `x${'y'.repeat(20)}`)).toEqual({
      action: 'block',
      reason: '1 match of pattern "xy" is still there after 4 rounds of redaction',
    });
  });

  it('wants patterns to be there when it expects them present', async () => {
    const guardrail = define({
      patterns: { disclaimer: 'no advice', source: '\\[\\d+\\]' },
      expect: 'present',
    });
    expect(await checkText(guardrail, 'no advice [1]')).toEqual({ action: 'pass' });
    expect(await checkText(guardrail, 'no advice')).toEqual({
      action: 'block',
      reason: 'pattern "source" was not found',
    });
  });

  it('waits for the end of a stream before it misses a pattern', async () => {
    const guardrail = define({ patterns: { end: 'bye' }, expect: 'present' });
    const { signal } = new AbortController();
    expect(await guardrail.check({ text: 'so', final: false }, { signal })).toEqual({ action: 'pass' });
  });

  it('looks at maxTextBytes bytes and blocks one more', async () => {
    const guardrail = define({ patterns: { email }, maxTextBytes: 8 });
    expect(await checkText(guardrail, '😀😀')).toEqual({ action: 'pass' });
    expect(await checkText(guardrail, '😀😀a')).toEqual({
      action: 'block',
      reason: 'the text has 9 bytes, more than the 8 of maxTextBytes, and was not looked at',
    });
  });

  it('never shows what matched', async () => {
    const secret = 'sk-secretvalue';
    for (const onFail of ['block', 'retry', 'redact'] as const) {
      const verdict = await checkText(
        define({ patterns: { key: /sk-\w+/ }, onFail }),
        `the key is ${secret}`,
      );
      expect(JSON.stringify(verdict)).not.toContain('secretvalue');
    }
  });

  it('leaves no match in any text it redacts', async () => {
    const patterns = { a: 'a+b', b: 'b[c-e]', dots: /\.{2}/ };
    const guardrail = define({ patterns, onFail: 'redact', replacement: '.' });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'abcde.x'), maxLength: 60 }), async (text) => {
        const verdict = await checkText(guardrail, text);
        const left = verdict.action === 'redact' ? verdict.text : verdict.action === 'pass' ? text : '';
        for (const pattern of Object.values(patterns)) expect(left).not.toMatch(new RegExp(pattern));
      }),
    );
  });

  it('keeps everything else of any text it redacts', async () => {
    const guardrail = define({ patterns: { digits: '[0-9]+' }, onFail: 'redact', replacement: '#' });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom(...nasty), maxLength: 40 }), async (text) => {
        const verdict = await checkText(guardrail, text);
        expect(verdict.action === 'redact' ? verdict.text : text).toBe(text.replaceAll(/[0-9]+/g, '#'));
      }),
    );
  });

  it.each([
    ['NUL', 'a\0b', '\\x00', 'a[redacted]b'],
    ['a lone surrogate', 'a\ud800b', '\\ud800', 'a[redacted]b'],
    ['10 KB of emoji', '😀'.repeat(2_500), '😀+', '[redacted]'],
    ['an emoji written as two escapes', 'a😀b', '\\ud83d\\ude00', 'a[redacted]b'],
    ['a no-break space', 'my\u00a0key', 'my\\skey', '[redacted]'],
  ])('redacts %s', async (_, text, pattern, redacted) => {
    const guardrail = define({ patterns: { pattern }, onFail: 'redact' });
    expect(await checkText(guardrail, text)).toMatchObject({ action: 'redact', text: redacted });
  });

  it('rejects with the reason of its signal', async () => {
    const guardrail = define({ patterns: { email } });
    await expect(checkText(guardrail, 'a@b', AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});

describe('regexGuardrail, hostile patterns and texts', { timeout: 120_000 }, () => {
  it.each(['(a+)+$', '(a|a)*b', '(a|aa)+$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(x+x+)+y', '(.*a){20}b'])(
    'decides about 1 MB with %s',
    async (pattern) => {
      const guardrail = define({ patterns: { pattern }, timeoutMs: 60_000 });
      const text = `${'a'.repeat(1_048_575)}!`;
      expect(await checkText(guardrail, text)).toEqual({ action: 'pass' });
    },
  );

  it('blocks when finding all matches takes quadratic time', async () => {
    const guardrail = define({
      patterns: { p: 'a.*b|a' },
      onFail: 'redact',
      replacement: '',
      timeoutMs: 300,
    });
    expect(await checkText(guardrail, 'a'.repeat(300_000))).toEqual({
      action: 'block',
      reason: 'looking for "p" took longer than 300 ms',
    });
  });

  it('ends a backtracking pattern that would run for ever, and works on', async () => {
    const guardrail = define({ patterns: { p: '^(?:(a+)+)\\1$' }, engine: 'backtracking', timeoutMs: 300 });
    expect(await checkText(guardrail, `${'a'.repeat(50)}!`)).toEqual({
      action: 'block',
      reason: 'looking for "p" took longer than 300 ms',
    });
    expect(await checkText(guardrail, 'aa')).toMatchObject({
      reason: 'pattern "p" matched at line 1, column 1',
    });
  });

  it('answers checks that run at once, each with its own verdict', async () => {
    const guardrail = define({ patterns: { p: '(b)\\1' }, engine: 'backtracking' });
    const verdicts = await Promise.all(['abb', 'ab', 'xxbb'].map((text) => checkText(guardrail, text)));
    expect(verdicts.map((verdict) => ('reason' in verdict ? verdict.reason : verdict.action))).toEqual([
      'pattern "p" matched at line 1, column 2',
      'pass',
      'pattern "p" matched at line 1, column 3',
    ]);
  });

  it('leaves a running or waiting check at once when its signal aborts', async () => {
    const guardrail = define({ patterns: { p: '^(a+)+\\1$' }, engine: 'backtracking', timeoutMs: 30_000 });
    const cancel = new AbortController();
    const checks = [1, 2].map(() => checkText(guardrail, `${'a'.repeat(50)}!`, cancel.signal));
    cancel.abort(new Error('cancelled'));
    for (const check of checks) await expect(check).rejects.toThrow('cancelled');
    expect(await checkText(guardrail, 'b')).toEqual({ action: 'pass' });
  });

  it('does not hold up the event loop while it looks', async () => {
    // Each character of such a text opens states of its own, the most work that an automaton can have.
    const guardrail = define({ patterns: { p: 'a[ab]{100}c' }, expect: 'present', timeoutMs: 60_000 });
    let seed = 1;
    const letter = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % 2 ? 'a' : 'b';
    };
    const text = `${Array.from({ length: 60_000 }, letter).join('')}dc`;
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 5);
    const verdict = await checkText(guardrail, text);
    clearInterval(ticking);
    expect(verdict.action).toBe('block');
    expect(ticks).toBeGreaterThan(10);
  });
});

describe('regexGuardrail, what it refuses', () => {
  it.each([
    ['a lookahead', 'a(?=b)', 'uses a lookahead, "(?=", at character 2'],
    ['a negative lookahead', 'x(a(?!b))', 'uses a lookahead, "(?!", at character 4'],
    ['a numbered backreference', '(a)\\1', 'uses a backreference, "\\1", at character 4'],
    ['a named backreference', '(?<n>a)\\k<n>', 'uses a backreference, "\\k<n>", at character 8'],
    ['a group in a lookbehind', '(?<=(a))b', 'is not understood by the linear-time engine'],
    ['too many repetitions', '(a{1000}){1000}', 'is not understood by the linear-time engine'],
  ])('%s, with the other engine offered', (_, pattern, message) => {
    const error = refusal(() => define({ patterns: { p: pattern } }));
    expect(error.code).toBe('AIWORK_INVALID_ARGUMENT');
    expect(error.message).toContain(`pattern "p" of guardrail "test" ${message}`);
    expect(error.message).toContain("engine: 'backtracking'");
  });

  it.each(['[', '(', 'a**', '(?<n'])('the malformed pattern %s, without such an offer', (pattern) => {
    const error = refusal(() => define({ patterns: { p: pattern } }));
    expect(error.message).toContain('is malformed');
    expect(error.message).not.toContain('backtracking');
  });

  it('a pattern of 60 KB, without repeating all of it', () => {
    const error = refusal(() => define({ patterns: { p: '('.repeat(60_000) } }));
    expect(error.message).toContain('is malformed');
    expect(error.message.length).toBeLessThan(500);
  });

  it.each<[string, Partial<RegexGuardrailOptions>, string]>([
    ['no name', { name: '' }, 'has no name'],
    ['no pattern', { patterns: {} }, 'has no patterns'],
    ['an empty pattern', { patterns: { p: '' } }, 'is empty'],
    [
      'a pattern without end',
      { patterns: { p: 'a'.repeat(65_537) } },
      'has 65537 characters, more than 65536',
    ],
    ['a pattern that is a number', { patterns: { p: 3 as never } }, 'neither a text nor a RegExp'],
    ['the flag v', { patterns: { p: /a/v } }, 'flag "v"'],
    ['an unknown onFail', { onFail: 'blok' as never }, 'onFail of guardrail "test" is "blok"'],
    ['an unknown stage', { on: ['outputs' as never] }, '`on` of guardrail "test" holds "outputs"'],
    ['no stage', { on: [] }, 'is empty'],
    ['a limit of no bytes', { maxTextBytes: 0 }, 'maxTextBytes of guardrail "test" is 0'],
    ['a timeout no timer keeps', { timeoutMs: 2 ** 31 }, 'timeoutMs of guardrail "test"'],
    ['redacting what should be present', { expect: 'present', onFail: 'redact' }, 'cannot redact'],
    [
      'a replacement that matches',
      { patterns: { p: '[a-z]+' }, onFail: 'redact' },
      'the replacement of guardrail',
    ],
    ['redacting the empty text', { patterns: { p: 'a*' }, onFail: 'redact' }, 'matches the empty text'],
  ])('%s', (_, options, message) => {
    const error = refusal(() => define({ patterns: { p: 'x' }, ...options }));
    expect(error.code).toBe('AIWORK_INVALID_ARGUMENT');
    expect(error.message).toContain(message);
  });
});
