import { expect, it } from 'vitest';
import { createLabelLimits } from './label-limits.ts';

it('keeps the first values of each label, and calls all further ones other', () => {
  const limits = createLabelLimits(2, (value) => value.toUpperCase());
  expect(['a', 'b', 'c', 'a', 'd'].map((value) => limits('unit')(value))).toEqual([
    'A',
    'B',
    'other',
    'A',
    'other',
  ]);
  expect(limits('step')('c')).toBe('C');
});
