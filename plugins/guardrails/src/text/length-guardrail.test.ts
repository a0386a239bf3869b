import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { streamThrough } from '../stream/stream.fixture.ts';
import { type LengthGuardrailOptions, lengthGuardrail } from './length-guardrail.ts';

const length = (options: Partial<LengthGuardrailOptions>) => lengthGuardrail({ name: 'l', ...options });

describe('lengthGuardrail', () => {
  it.each<[Partial<LengthGuardrailOptions>, string, string | undefined]>([
    [{ max: 3 }, 'abc', undefined],
    [{ max: 3 }, 'abcd', 'the text has 4 characters: give at most 3'],
    [{ max: 2 }, '\u{1f600}\u{1f600}', undefined],
    [{ min: 2 }, '\u{1f600}', 'the text has 1 character: give at least 2'],
    [{ min: 1, unit: 'words' }, ' \n', 'the text has 0 words: give at least 1'],
    [{ min: 1, max: 2, unit: 'words' }, ' one\ttwo ', undefined],
    [{ max: 2, unit: 'words' }, 'one two three', 'the text has 3 words: give at most 2'],
  ])('with %o says of %j: %s', async (options, text, reason) => {
    expect(await checkText(length(options), text)).toEqual(
      reason === undefined ? { action: 'pass' } : { action: 'block', reason },
    );
    if (reason === undefined) return;
    expect(await checkText(length({ ...options, onFail: 'retry' }), text)).toEqual({
      action: 'retry',
      feedback: reason,
    });
  });

  it('lets a beginning be short', async () => {
    const { signal } = new AbortController();
    expect(await length({ min: 5 }).check({ text: 'a', final: false }, { signal })).toEqual({
      action: 'pass',
    });
  });

  it.each([
    ['characters', 3],
    ['words', 2],
  ] as const)('shows up to so many %s of a stream when it is told to, however it is cut', (unit, max) => {
    const guardrail = length({ unit, max, whileStreaming: 'show' });
    const pieces = fc.array(fc.string({ unit: fc.constantFrom(...'ab \u{1f600}'.split('')), maxLength: 4 }));
    const most = unit === 'words' ? /^\s*(?:\S+\s*){0,2}/u : /^.{0,3}/su;
    fc.assert(
      fc.property(pieces, (cut) => {
        const shown = streamThrough(guardrail, cut).join('');
        const text = cut.join('');
        const safe = most.exec(text)?.[0] ?? '';
        expect(safe.slice(0, shown.length)).toBe(shown);
        expect(safe.length - shown.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('holds streams back when it is not told to show them', () => {
    expect(length({ max: 1 }).streaming).toBeUndefined();
  });

  it.each<[Partial<LengthGuardrailOptions>, string]>([
    [{}, 'has no limit'],
    [{ min: 3, max: 2 }, 'min of guardrail "l" is 3, more than its max of 2'],
    [{ max: 0 }, 'max of guardrail "l" is 0'],
    [{ max: 1, unit: 'tokens' as never }, 'unit of guardrail "l" is "tokens"'],
  ])('refuses %o', (options, problem) => {
    expect(() => length(options)).toThrow(problem);
  });
});
