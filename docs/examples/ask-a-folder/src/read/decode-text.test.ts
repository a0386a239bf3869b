import { describe, expect, it } from 'vitest';
import { decodeText } from './decode-text.ts';

describe('decodeText', () => {
  it('reads UTF-8, with or without a byte order mark, and makes line breaks equal', () => {
    expect(decodeText(Buffer.from('\ufeffé\r\nb\rc'))).toEqual({ text: 'é\nb\nc' });
  });

  it.each([
    ['utf-16le', [0xff, 0xfe, 0x68, 0x00, 0x69, 0x00]],
    ['utf-16be', [0xfe, 0xff, 0x00, 0x68, 0x00, 0x69]],
  ])('reads %s by its byte order mark', (_, bytes) => {
    expect(decodeText(Uint8Array.from(bytes))).toEqual({ text: 'hi' });
  });

  it('reads what is not valid UTF-8 as Windows-1252, and says so', () => {
    const decoded = decodeText(Buffer.from('caf\xe9', 'latin1'));
    expect(decoded?.text).toBe('café');
    expect(decoded?.note).toContain('not valid UTF-8');
  });

  it('tells that bytes are no text', () => {
    expect(decodeText(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1]))).toBeUndefined();
    expect(decodeText(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]))).toBeUndefined();
  });
});
