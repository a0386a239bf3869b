import { fullFormats } from 'ajv-formats/dist/formats.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeFormats } from './safe-formats.ts';

const formats = safeFormats((pattern, text) => pattern.test(text));

type Check = (text: string) => boolean;

function checkOf(format: unknown): Check | undefined {
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === 'function') return format as Check;
  const { validate, type } = (format ?? {}) as { validate?: unknown; type?: string };
  return typeof validate === 'function' && type !== 'number' ? (validate as Check) : undefined;
}

const samples = [
  '',
  '2024-02-29',
  '2023-02-29',
  '12:30:00Z',
  '2024-02-29T12:30:00Z',
  'P1Y',
  'P',
  'P1YT',
  'PT1H',
  'P2W',
  'P1W2D',
  'a@b.co',
  'a..b@c.de',
  'example.org',
  '-x.org',
  `${'a'.repeat(63)}.org`,
  'a.'.repeat(127),
  '1.2.3.4',
  '1.2.3.256',
  '::1',
  '1:2:3:4:5:6:7:8',
  ':::',
  'http://example.org/a?b#c',
  'a:b',
  'http://[::1]/',
  '/a/~0b',
  '/a/~2',
  '1/a',
  '{+x}/{y*}',
  '00000000-0000-4000-8000-000000000000',
  'not a format at all',
];

describe('safeFormats', () => {
  // These three are deliberately others: see the comments in safe-formats.ts.
  const same = Object.keys(fullFormats).filter((name) => !['url', 'uri', 'byte'].includes(name));

  it.each(same)('decides as ajv-formats does about %s', (name) => {
    const theirs = checkOf(fullFormats[name as keyof typeof fullFormats]);
    const ours = checkOf(formats[name]);
    if (!theirs) return expect(ours).toBeUndefined();
    const text = fc.oneof(
      fc.constantFrom(...samples),
      fc.string({ unit: fc.constantFrom(...'0123456789abfPTDHMSW:.-/@~#{}[]+%=zZ'), maxLength: 14 }),
      fc
        .tuple(fc.constantFrom(...samples), fc.constantFrom(...'09a:.-/~#PT'))
        .map(([sample, more]) => sample + more),
    );
    fc.assert(
      fc.property(text, (sample) => {
        expect(ours?.(sample)).toBe(theirs(sample));
      }),
      { numRuns: 500 },
    );
    return undefined;
  });

  it('wants a scheme for a URI', () => {
    const uri = checkOf(formats['uri']) as Check;
    expect(['http://example.org', 'mailto:a@b.co', 'urn:x:y'].every(uri)).toBe(true);
    expect(['example.org', '/a', '', 'http://a b'].some(uri)).toBe(false);
  });

  it('wants the whole text to be base64', () => {
    const byte = checkOf(formats['byte']) as Check;
    expect(['', 'YQ==', 'YWI=', 'YWJj'].every(byte)).toBe(true);
    expect(['Y', '!!!\n', 'YQ==\n'].some(byte)).toBe(false);
  });

  it('reads base64url and E.164', () => {
    const base64url = checkOf(formats['base64url']) as Check;
    expect(['_-Aa', 'YQ', 'YQ==', 'YWI'].every(base64url)).toBe(true);
    expect(['+/Aa', 'Y'].some(base64url)).toBe(false);
    const e164 = checkOf(formats['e164']) as Check;
    expect(e164('+4930123456')).toBe(true);
    expect(e164('030123456')).toBe(false);
  });
});
