import { toReadableJson } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { shortJson } from './short-json.ts';

describe('shortJson', () => {
  it.each<[string, unknown]>([
    ['values of JSON', { a: [1, 'zwei "2"', null, true, { b: [] }, {}], 'k"': -0.5 }],
    ['what has other words', [12n, new Map([['a', 1]]), new Set(['s']), new Uint8Array([1, 2]), new Date(0)]],
    ['what has none', { a: undefined, b: [undefined, () => 1], c: Number.NaN, d: Symbol('s') }],
    ['nothing', undefined],
  ])('shows %s as core does', (_, value) => {
    expect(shortJson(value, 10_000)).toBe(toReadableJson(value));
  });

  it('is the beginning of what is longer, and looks no further', () => {
    let looked = 0;
    const items = Array.from({ length: 1000 }, (_, n) => ({
      get n() {
        looked += 1;
        return n;
      },
    }));
    expect(shortJson(items, 20)).toBe('[{"n":0},{"n":1},{"n');
    expect(looked).toBe(3);
    expect(shortJson('x'.repeat(1_000_000), 5)).toBe('"xxxx');
  });

  it('ends for what has no end', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(shortJson(cycle, 10_000)).toMatch(/^(\{"self":){64}"…"\}{64}$/);
  });
});
