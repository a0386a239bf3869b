import { describe, expect, it } from 'vitest';
import { createTurnstile } from './turnstile.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('a turnstile', () => {
  it('lets so many through at once, and the others turn by turn, in order', async () => {
    const enter = createTurnstile(2);
    const through: number[] = [];
    const come = async (n: number) => {
      await enter();
      through.push(n);
    };
    const all = [1, 2, 3, 4, 5].map(come);
    await Promise.resolve();
    expect(through).toEqual([1, 2]);
    await nextTurn();
    expect(through).toEqual([1, 2, 3, 4]);
    await Promise.all(all);
    expect(through).toEqual([1, 2, 3, 4, 5]);
  });

  it('is free again in the next turn', async () => {
    const enter = createTurnstile(1);
    expect(enter()).toBeUndefined();
    await nextTurn();
    expect(enter()).toBeUndefined();
  });

  it('lets nobody pass those who wait', async () => {
    const enter = createTurnstile(1);
    void enter();
    const through: string[] = [];
    const first = enter()?.then(() => through.push('first'));
    const second = enter()?.then(() => through.push('second'));
    await Promise.all([first, second]);
    expect(through).toEqual(['first', 'second']);
  });
});
