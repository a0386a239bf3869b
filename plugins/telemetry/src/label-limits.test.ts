import { expect, it } from 'vitest';
import { createLabelLimits } from './label-limits.ts';

it('keeps the first values of each label, and calls all further ones other', () => {
  const label = createLabelLimits(2, (value) => value.toUpperCase());
  expect(['a', 'b', 'c', 'a', 'd'].map((value) => label('unit', value))).toEqual([
    'A',
    'B',
    'other',
    'A',
    'other',
  ]);
  expect(label('step', 'c')).toBe('C');
});
