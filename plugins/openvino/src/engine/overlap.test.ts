import { describe, expect, it } from 'vitest';
import { createOverlap } from './overlap.ts';

/** Work that ends when it is told to, and what has begun and ended. */
function steps() {
  const seen: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => async () => {
    seen.push(`${name} begins`);
    await new Promise<void>((resolve) => ends.set(name, resolve));
    seen.push(`${name} ends`);
    return name;
  };
  return { seen, work, end: (name: string) => ends.get(name)?.() };
}

/** Lets everything happen that waits for nothing. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('createOverlap', () => {
  it('tells who ran alone from who did not', async () => {
    const { beside } = createOverlap();
    const { work, end } = steps();
    const a = beside(work('a'));
    await settle();
    end('a');
    expect(await a).toEqual({ result: 'a', wasAlone: true });
    const b = beside(work('b'));
    const c = beside(work('c'));
    await settle();
    end('b');
    end('c');
    expect([(await b).wasAlone, (await c).wasAlone]).toEqual([false, false]);
  });

  it('runs one alone when the others have ended, and lets further ones wait', async () => {
    const { beside, alone } = createOverlap();
    const { seen, work, end } = steps();
    const all = [beside(work('a')), alone(work('x')), alone(work('y')), beside(work('b'))];
    for (const name of ['a', 'x', 'y', 'b']) {
      await settle();
      expect(seen.at(-1)).toBe(`${name} begins`);
      end(name);
    }
    await Promise.all(all);
    expect(seen).toEqual(['a', 'x', 'y', 'b'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('goes on after what failed', async () => {
    const { beside, alone } = createOverlap();
    const fails = async () => {
      throw new Error('it fails');
    };
    await expect(beside(fails)).rejects.toThrow('it fails');
    await expect(alone(fails)).rejects.toThrow('it fails');
    expect(await alone(async () => 1)).toBe(1);
    expect((await beside(async () => 2)).wasAlone).toBe(true);
  });
});
