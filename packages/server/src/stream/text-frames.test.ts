import { expect, it } from 'vitest';
import { textFrames } from './text-frames.ts';

it.each([
  [0, [0x81, 0]],
  [125, [0x81, 125]],
  [126, [0x81, 126, 0, 126]],
  [65_535, [0x81, 126, 0xff, 0xff]],
  [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
])('frames of a message of %d bytes say how long it is', (length, head) => {
  const message = Buffer.alloc(length, 'x');
  const frames = textFrames([message, Buffer.from('{}')]);
  expect([...frames.subarray(0, head.length)]).toEqual(head);
  expect(frames.subarray(head.length).toString('latin1')).toBe(`${message}\x81\x02{}`);
});
