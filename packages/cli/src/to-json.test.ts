import { expect, it } from 'vitest';
import { toJson } from './to-json.ts';

it('writes all that a step may return', () => {
  const value = {
    big: 2n ** 70n,
    at: new Date(0),
    map: new Map([['a', new Set([1n])]]),
    bytes: new Uint8Array([1, 2]),
    wide: new BigInt64Array([3n]),
    none: undefined,
    odd: Number.NaN,
  };
  expect(toJson(value)).toBe(
    '{"big":"1180591620717411303424","at":"1970-01-01T00:00:00.000Z","map":[["a",["1"]]],"bytes":[1,2],"wide":["3"],"odd":null}',
  );
  expect(toJson(undefined)).toBe('null');
  expect(toJson({ a: 1 }, { indent: 2 })).toBe('{\n  "a": 1\n}');
});
