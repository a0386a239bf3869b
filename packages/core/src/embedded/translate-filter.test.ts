import { describe, expect, it } from 'vitest';
import { type FilterTranslation, translateFilter } from './translate-filter.ts';

const inWords: FilterTranslation<string> = {
  all: (conditions) => `all(${conditions.join(', ')})`,
  any: (conditions) => `any(${conditions.join(', ')})`,
  not: (condition) => `not(${condition})`,
  oneOf: (field, values) => `${field} of ${JSON.stringify(values)}`,
  compares: (field, comparison, operand) => `${field} ${comparison} ${operand}`,
  exists: (field, expected) => `${field} ${expected ? 'there' : 'missing'}`,
};

describe('a filter in the language of a store', () => {
  it.each([
    [{}, 'all()'],
    [{ lang: 'en' }, 'lang of ["en"]'],
    [{ lang: { $eq: null } }, 'lang of [null]'],
    [{ lang: 'en', draft: false }, 'all(lang of ["en"], draft of [false])'],
    [{ lang: { $ne: 'en' } }, 'not(lang of ["en"])'],
    [{ lang: { $in: [] } }, 'lang of []'],
    [{ lang: { $in: ['en', 1] } }, 'lang of ["en",1]'],
    [{ year: { $gt: 1, $lte: 9 } }, 'all(year $gt 1, year $lte 9)'],
    [{ name: { $gte: 'a' }, year: { $lt: Infinity } }, 'all(name $gte a, year $lt Infinity)'],
    [{ note: { $exists: false } }, 'note missing'],
    [{ $and: [{ a: 1 }, { b: 2 }] }, 'all(a of [1], b of [2])'],
    [{ $or: [{ a: 1 }] }, 'any(a of [1])'],
    [{ $not: { a: 1, b: 2 } }, 'not(all(a of [1], b of [2]))'],
    [
      { $and: [{ $not: { $or: [{ a: 1 }, {}] } }], c: { $exists: true } },
      'all(not(any(a of [1], all())), c there)',
    ],
  ])('%j', (filter, words) => {
    expect(translateFilter(filter, inWords)).toBe(words);
  });

  it('has every text of it looked at by the store', () => {
    const seen: string[] = [];
    const checkText = (text: string, where: string) => void seen.push(`${where}: ${text}`);
    const filter = { a: 'b', $or: [{ c: { $in: ['d', 1], $gt: 'e', $lt: 2 } }] };
    translateFilter(filter, { ...inWords, checkText });
    expect(seen).toEqual([
      'filter.a: a',
      'filter.a: b',
      'filter.$or[0].c: c',
      'filter.$or[0].c.$in[0]: d',
      'filter.$or[0].c.$gt: e',
    ]);
  });

  it.each([
    [null, 'filter is null'],
    ['en', 'filter is "en"'],
    [[], 'filter is an array'],
    [new Map(), 'filter is an object'],
    [{ lang: undefined }, 'filter.lang is undefined'],
    [{ lang: ['en'] }, 'filter.lang is an array'],
    [{ lang: {} }, 'filter.lang is an object'],
    [{ year: Number.NaN }, 'filter.year is NaN'],
    [{ year: { $gte: null } }, 'filter.year.$gte is null'],
    [{ year: { $gtt: 1 } }, 'filter.year has the unknown operator "$gtt": use $eq, $ne, $in'],
    [{ year: { $in: 3 } }, 'filter.year.$in is 3'],
    [{ year: { $in: [1, {}] } }, 'filter.year.$in[1] is an object'],
    [{ year: { $exists: 1 } }, 'filter.year.$exists is 1'],
    [{ $nor: [] }, 'filter.$nor is not a field'],
    [{ $or: [] }, 'filter.$or is an array: use an array of at least one filter'],
    [{ $or: { lang: 'en' } }, 'filter.$or is an object'],
    [{ $and: [{ $or: [{ year: { $x: 1 } }] }] }, 'filter.$and[0].$or[0].year has the unknown operator "$x"'],
  ])('refuses %o and says where it is wrong', (filter, message) => {
    expect(() => translateFilter(filter, inWords)).toThrow(
      expect.objectContaining({
        code: 'AIWORK_INVALID_ARGUMENT',
        outcome: 'not-applied',
        message: expect.stringContaining(message),
      }),
    );
  });

  it('refuses a filter nested without end', () => {
    const filter: { $not?: unknown } = {};
    filter.$not = filter;
    expect(() => translateFilter(filter, inWords)).toThrow(/nested deeper than 32 levels/);
  });
});
