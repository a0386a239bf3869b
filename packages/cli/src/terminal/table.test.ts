import { expect, it } from 'vitest';
import { table } from './table.ts';

it('sets columns by what is seen, not by characters or colours', () => {
  expect(
    table(
      ['A', 'B'],
      [
        ['日本', 'x'],
        ['\u001b[31mabc\u001b[39m', 'y'],
      ],
    ),
  ).toBe('A     B\n日本  x\n\u001b[31mabc\u001b[39m   y');
});
