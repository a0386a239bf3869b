import { expect, it } from 'vitest';
import { isBlankUnit } from './blank.ts';

it('isBlankUnit tells of every unit what \\s does', () => {
  for (let unit = 0; unit <= 0xffff; unit += 1)
    if (isBlankUnit(unit) !== /\s/.test(String.fromCharCode(unit))) expect.fail(unit.toString(16));
});
