import { describe, expect, it } from 'vitest';
import { fromJsonData, toJsonData, toReadableJson } from './json-data.ts';

const throughJson = (value: unknown) => fromJsonData(JSON.parse(JSON.stringify(toJsonData(value, 'it'))));

it.each([
  ['plain data', { a: [1, 'two', null, true] }],
  ['what JSON has no words for', [new Date(5), new Map([['k', new Set([1n])]]), -0, Number.NaN, undefined]],
  ['typed arrays', { bytes: new Uint8Array([1, 2]), floats: new Float64Array([0.5]) }],
  ['what looks like a tag', { $aiwork: 'date', value: 'x' }],
])('keeps %s', (_, value) => {
  expect(throughJson(value)).toStrictEqual(value);
});

it('names what it cannot keep', () => {
  expect(() => toJsonData({ a: [() => 1] }, 'the answer')).toThrow(
    expect.objectContaining({
      code: 'AIWORK_NOT_SERIALIZABLE',
      message: expect.stringContaining('the answer.a[0]'),
    }),
  );
});

it.each([
  ['an unknown tag', { $aiwork: 'dates', value: 'x' }],
  ['a number that is none', { $aiwork: 'bigint', value: 'x' }],
  ['no pairs', { $aiwork: 'map', value: 5 }],
  ['a tag in a list', [{ $aiwork: 5 }]],
])('refuses %s', (_, data) => {
  expect(() => fromJsonData(data)).toThrow(expect.objectContaining({ code: 'AIWORK_CORRUPT_DATA' }));
});

describe('readable JSON', () => {
  it.each<[string, unknown, string]>([
    ['plain data', { a: [1, 'two', null, { b: undefined }] }, '{"a":[1,"two",null,{}]}'],
    ['a bigint deep in it', { a: [{ b: 5n }] }, '{"a":[{"b":"5"}]}'],
    ['a Map of Sets', new Map([['k', new Set([1n])]]), '[["k",["1"]]]'],
    ['typed arrays and times', [new Uint8Array([1]), new Date(0)], '[[1],"1970-01-01T00:00:00.000Z"]'],
    ['an object without a prototype', Object.assign(Object.create(null), { n: 1n }), '{"n":"1"}'],
    ['what makes JSON of itself', { toJSON: () => new Set([1]) }, '[1]'],
    ['nothing', undefined, 'null'],
  ])('shows %s', (_, value, text) => {
    expect(toReadableJson(value)).toBe(text);
  });
});
