import type { MemoryFilter } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { compileFilter } from './filter.ts';

const metadata = JSON.parse(
  '{"lang":"en","year":2020,"draft":false,"note":null,"tags":["a","b"],"sizes":[1,9],"__proto__":"own","deep":{"x":1}}',
);

describe('filter', () => {
  it.each<[MemoryFilter, boolean]>([
    [{}, true],
    [{ lang: 'en' }, true],
    [{ lang: 'de' }, false],
    [{ lang: 'en', year: 2021 }, false],
    [{ draft: false }, true],
    [{ year: { $eq: 2020 } }, true],
    [{ year: { $eq: '2020' } }, false],
    [{ year: { $ne: 2020 } }, false],
    [{ missing: { $ne: 1 } }, true],
    [{ note: null }, true],
    [{ missing: null }, false],
    [{ lang: { $in: ['de', 'en'] } }, true],
    [{ lang: { $in: [] } }, false],
    [{ year: { $gte: 2020 } }, true],
    [{ year: { $gt: 2020 } }, false],
    [{ year: { $lte: 2020 } }, true],
    [{ year: { $lt: 2020 } }, false],
    [{ year: { $gt: 2010, $lt: 2021 } }, true],
    [{ year: { $gt: 2010, $lt: 2015 } }, false],
    [{ year: { $gt: '2010' } }, false],
    [{ lang: { $gte: 'ee', $lt: 'eo' } }, true],
    [{ missing: { $lt: 5 } }, false],
    [{ lang: { $exists: true } }, true],
    [{ note: { $exists: true } }, true],
    [{ missing: { $exists: false } }, true],
    [{ tags: 'b' }, true],
    [{ tags: 'c' }, false],
    [{ tags: { $ne: 'b' } }, false],
    [{ tags: { $in: ['c', 'a'] } }, true],
    [{ sizes: { $gt: 8 } }, true],
    [{ deep: { $exists: true } }, true],
    [{ $and: [{ lang: 'en' }, { year: 2020 }] }, true],
    [{ $and: [{ lang: 'en' }, { year: 1 }] }, false],
    [{ $or: [{ lang: 'de' }, { year: 2020 }] }, true],
    [{ $or: [{ lang: 'de' }, { year: 1 }] }, false],
    [{ $not: { lang: 'en' } }, false],
    [{ $not: { lang: 'de', year: 2020 } }, true],
    [{ $and: [{ $not: { $or: [{ lang: 'de' }, { draft: true }] } }] }, true],
    [{ ['__proto__']: 'own' }, true],
    [{ ['__proto__']: 'other' }, false],
    [{ constructor: { $exists: true } }, false],
    [{ toString: { $exists: false } }, true],
  ])('%j fits: %s', (filter, fits) => {
    expect(compileFilter(filter)(metadata)).toBe(fits);
  });

  it('takes a document without metadata for one without fields', () => {
    expect(compileFilter({ lang: { $exists: false } })(undefined)).toBe(true);
    expect(compileFilter({ lang: 'en' })(undefined)).toBe(false);
  });
});
