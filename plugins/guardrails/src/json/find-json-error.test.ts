import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonError } from './find-json-error.ts';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const options = { numRuns: 2_000 };

describe('findJsonError', { timeout: 30_000 }, () => {
  it('finds none in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\t'), (json, indent) => {
        expect(findJsonError(JSON.stringify(JSON.parse(json), null, indent), 100)).toBeUndefined();
      }),
    );
  });

  it('agrees with JSON.parse about any text of JSON characters', () => {
    const pieces = fc.constantFrom(
      ...'{}[],:"\\ \n\t-+.019eEtrufalsn\u0001é😀',
      'true',
      'null',
      '"a"',
      '\\u00e9',
      '\\n',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect(findJsonError(text, 100) === undefined).toBe(parses(text));
      }),
      options,
    );
  });

  it('agrees with JSON.parse about JSON with one character lost or changed', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', '0', 'x'), (json, at, put) => {
        const i = at % json.length;
        const text = json.slice(0, i) + put + json.slice(i + 1);
        expect(findJsonError(text, 100) === undefined).toBe(parses(text));
      }),
      options,
    );
  });

  it('points at a place before which the text could still become JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, at) => {
        const text = `${json.slice(0, at % json.length)}\u0001`;
        const error = findJsonError(text, 100);
        expect(error?.offset).toBeLessThan(text.length);
      }),
    );
  });

  it.each([
    ['', 0, 'the text ends where a value should be'],
    ['{"a":1,}', 7, 'there is something else where a property name should be'],
    ['{,', 1, 'there is something else where a property name or "}" should be'],
    ['[1 2]', 3, 'there is something else where "," or "]" should be'],
    ['[1', 2, 'the text ends where "," or "]" should be'],
    ['[,', 1, 'there is something else where a value or "]" should be'],
    ['{"a" 1}', 5, 'there is something else where ":" should be'],
    ['1 2', 2, 'there is something else where the end of the text should be'],
    ['["a', 1, 'a string is not closed'],
    ['["a\nb"]', 3, 'a control character stands in a string'],
    ['["\\x"]', 2, 'an escape is unknown'],
    ['\ufeff{}', 0, 'there is something else where a value should be'],
    ['```json', 0, 'there is something else where a value should be'],
  ])('says what is wrong with %j', (text, offset, message) => {
    expect(findJsonError(text, 100)).toEqual({ kind: 'syntax', offset, message });
  });

  it('allows maxDepth levels and refuses one more', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(findJsonError(nested(3), 3)).toBeUndefined();
    expect(findJsonError(nested(4), 3)).toEqual({
      kind: 'depth',
      offset: 3,
      message: 'it nests deeper than 3 levels',
    });
  });

  it('goes through a string of 16 MB and a million brackets', () => {
    expect(findJsonError(`"${'x'.repeat(16_000_000)}"`, 100)).toBeUndefined();
    expect(findJsonError('['.repeat(1_000_000), 2_000_000)?.offset).toBe(1_000_000);
  });
});
