import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gather } from './gather.ts';

describe('gather', () => {
  it('asks together what is asked in one turn of the event loop, and what comes later by itself', async () => {
    const questions: (readonly number[])[] = [];
    const ask = gather(async (items: readonly number[]) => {
      questions.push(items);
      await setImmediate();
      return items.length;
    });
    const together = Promise.all([ask([1, 2]), ask([3])]);
    await setImmediate();
    await setImmediate();
    const later = ask([4]);
    expect([await together, await later]).toEqual([[3, 3], 1]);
    expect(questions).toEqual([[1, 2, 3], [4]]);
  });

  it('fails all who asked together, and nobody who asks later', async () => {
    let times = 0;
    const ask = gather(async () => {
      times += 1;
      if (times === 1) throw new Error('away');
      return times;
    });
    const ended = await Promise.allSettled([ask([1]), ask([2])]);
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await ask([3])).toBe(2);
  });
});
