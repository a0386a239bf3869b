import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson, readKey, readText, storedJson, storedKey, storedText } from './stored-text.ts';

/** Where the order of code units and that of code points differ, and where the stored form has marks of its own. */
const edges = [
  '\u0000',
  '\u0001',
  '\u0002',
  'a',
  '\\',
  '"',
  '\ud7ff',
  '\ue000',
  '\uff5e',
  '\uffff',
  '\u{10000}',
  '\u{1f600}',
  '\u{10dffe}',
  '\u{10dfff}',
  '\u{10e000}',
  '\u{10ffff}',
];
const strings = fc.array(fc.constantFrom(...edges), { maxLength: 6 }).map((parts) => parts.join(''));
const options = { seed: 7, numRuns: 2000 };

const byUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('what is kept of a string', () => {
  it('gives the string back, and has no U+0000', () => {
    fc.assert(
      fc.property(strings, (string) => {
        expect(readText(storedText(string))).toBe(string);
        expect(readKey(storedKey(string))).toBe(string);
        expect(storedText(string) + storedKey(string)).not.toContain('\u0000');
      }),
      options,
    );
  });

  it('is in the order of code units, where PostgreSQL compares bytes', () => {
    fc.assert(
      fc.property(strings, strings, (a, b) => {
        expect(byBytes(storedKey(a), storedKey(b))).toBe(byUnits(a, b));
      }),
      options,
    );
  });

  it('fits into an index, however long an id is in bytes', () => {
    const ids = edges.map((edge) => edge.repeat(512 / edge.length));
    // A third of a page, less what else a row of an index has.
    expect(Math.max(...ids.map((id) => Buffer.byteLength(storedKey(id))))).toBeLessThanOrEqual(2600);
  });

  it('is that of all strings of JSON data', () => {
    const data = fc.dictionary(
      strings,
      fc.oneof(strings, fc.array(strings), fc.double({ noNaN: true, noDefaultInfinity: true })),
    );
    fc.assert(
      fc.property(data, (value) => {
        const json = JSON.stringify(value);
        expect(JSON.parse(readJson(storedJson(json)))).toEqual(JSON.parse(json));
        expect(storedJson(json)).not.toContain('\\u0000');
      }),
      options,
    );
    expect(JSON.parse(storedJson(JSON.stringify('\u0000\uff5e')))).toBe(storedKey('\u0000\uff5e'));
  });
});
