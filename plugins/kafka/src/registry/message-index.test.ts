import { describe, expect, it } from 'vitest';
import { readIndex, writeIndex } from './message-index.ts';

describe('the place of a message in its file', () => {
  // The first two are the examples of Confluent's description of the format.
  it.each([
    [[0], [0x00]],
    [
      [1, 0],
      [0x04, 0x02, 0x00],
    ],
    [[3], [0x02, 0x06]],
    [
      [0, 0],
      [0x04, 0x00, 0x00],
    ],
    [[64], [0x02, 0x80, 0x01]],
    [[100_000], [0x02, 0xc0, 0x9a, 0x0c]],
  ])('%j is written as others write it, and read', (index, bytes) => {
    expect([...writeIndex(index)]).toEqual(bytes);
    const { index: read, payload } = readIndex(Buffer.from([...bytes, 0x0a, 0x00]));
    expect(read).toEqual(index);
    expect([...payload]).toEqual([0x0a, 0x00]);
  });

  it('of the first message may be written in full, too', () => {
    expect(readIndex(Buffer.of(0x02, 0x00)).index).toEqual([0]);
  });

  it.each([
    ['nothing', []],
    ['less than it announces', [0x04, 0x02]],
    ['a negative place', [0x02, 0x01]],
    ['a number without end', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]],
  ])('that is %s is refused', (_, bytes) => {
    expect(() => readIndex(Buffer.from(bytes))).toThrow('does not say which message it holds');
  });
});
