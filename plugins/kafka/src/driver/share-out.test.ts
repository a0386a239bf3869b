import { describe, expect, it } from 'vitest';
import { shareOut } from './share-out.ts';

const partitions = (count: number) => Array.from({ length: count }, (_, partition) => partition);

describe('shareOut', () => {
  it.each([
    [6, 1],
    [6, 2],
    [6, 4],
    [7, 3],
    [2, 5],
    [0, 2],
  ])('gives each of %i partitions to one of %i members, and to each about as many', (count, members) => {
    const had = new Map(partitions(members).map((member) => [`m${member}`, [] as number[]]));
    const shares = [...shareOut(partitions(count), had).values()];
    expect(shares.flat().toSorted((a, b) => a - b)).toEqual(partitions(count));
    const sizes = shares.map(({ length }) => length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('moves only what a new member is to have', () => {
    const had = new Map([
      ['a', [0, 2, 4]],
      ['b', [1, 3, 5]],
      ['new', []],
    ]);
    const shares = shareOut(partitions(6), had);
    expect(shares.get('a')).toEqual([0, 2]);
    expect(shares.get('b')).toEqual([1, 3]);
    expect(shares.get('new')).toEqual([4, 5]);
  });

  it('gives what a member left to those that stay, who keep theirs', () => {
    const shares = shareOut(
      partitions(6),
      new Map([
        ['b', [1, 3, 5]],
        ['c', [0]],
      ]),
    );
    expect(shares.get('b')).toEqual([1, 3, 5]);
    expect(shares.get('c')).toEqual([0, 2, 4]);
  });

  it('gives what two say they had to one of them', () => {
    const shares = shareOut(
      partitions(2),
      new Map([
        ['a', [0, 1]],
        ['b', [0, 1]],
      ]),
    );
    expect([...shares.values()].flat().toSorted()).toEqual([0, 1]);
  });
});
