import { describe, expect, it } from 'vitest';
import { decodeDoc, encodeDoc } from './stored-doc.ts';

describe('a stored document', () => {
  it.each([
    ['text alone', { id: 'a', text: 'line\nfeed \u2028 \u0000 half \ud83d' }],
    ['metadata', { id: 'a', text: '', metadata: { l: [1, null], o: { s: '\n' }, ['__proto__']: 'own' } }],
    // The bytes of a line feed in every place of a number.
    [
      'a vector',
      { id: 'a', text: 'x', vector: new Float32Array(Uint8Array.of(10, 10, 10, 10, 0, 10, 0, 65).buffer) },
    ],
  ])('with %s comes back as it was', (_, doc) => {
    expect(decodeDoc('a', encodeDoc(doc), 2)).toEqual(doc);
  });

  it('is JSON that can be read with redis-cli', () => {
    expect(encodeDoc({ id: 'a', text: 'tea', metadata: { n: 1 } }).toString()).toBe(
      '{"text":"tea","metadata":{"n":1}}',
    );
  });

  it.each([
    '',
    '{',
    'null',
    '{"text":7}',
    '{"text":"x","metadata":[]}',
    '{"text":"x"}\nabcd',
    '{"text":"x"}\n1234\u0000\u0000\u0080\u007f',
  ])('is not read from %j', (text) => {
    expect(() => decodeDoc('a', Buffer.from(text, 'latin1'), 2)).toThrow();
  });
});
