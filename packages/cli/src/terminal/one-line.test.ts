import { expect, it } from 'vitest';
import { oneLine } from './one-line.ts';

it('keeps a text from moving the cursor, colouring or breaking the line', () => {
  expect(oneLine('\u001b[31mred\u001b[0m\r\nnext\u2028line\u0007 \u001b[2Jend')).toBe('red next line end');
});
