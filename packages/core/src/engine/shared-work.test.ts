import { describe, expect, it } from 'vitest';
import { createSharedWork } from './shared-work.ts';

/** Work that ends when it is told to. */
function working() {
  const work = createSharedWork<string>();
  const begun: { readonly signal: AbortSignal; end(result: string): void; fail(error: Error): void }[] = [];
  const join = (key = 'a') =>
    work.join(key, (signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      begun.push({ signal, end: resolve, fail: reject });
      return promise;
    });
  return { work, begun, join };
}

describe('shared work', () => {
  it('is begun once for all who want it meanwhile, and anew for who comes later', async () => {
    const { work, begun, join } = working();
    const shares = [join(), join(), join('b')];
    expect([begun.length, work.has('a'), work.has('c')]).toEqual([2, true, false]);
    begun[0]?.end('one');
    begun[1]?.end('other');
    expect(await Promise.all(shares.map(({ result }) => result))).toEqual(['one', 'one', 'other']);
    expect(work.has('a')).toBe(false);
    join();
    expect(begun).toHaveLength(3);
  });

  it('is aborted when the last has left it, and begun anew by the next', () => {
    const { begun, join } = working();
    const [first, second] = [join(), join()];
    first.leave();
    expect(begun[0]?.signal.aborted).toBe(false);
    second.leave();
    expect(begun[0]?.signal.reason).toMatchObject({ name: 'AbortError' });
    join();
    expect(begun[1]?.signal.aborted).toBe(false);
  });

  it('is left alone by who leaves when it is over', async () => {
    const { begun, join } = working();
    const { result, leave } = join();
    begun[0]?.end('whole');
    await result;
    leave();
    expect(begun[0]?.signal.aborted).toBe(false);
  });

  it('fails for all who share it, and for nobody when all have left', async () => {
    const { begun, join } = working();
    const shares = [join(), join()];
    begun[0]?.fail(new Error('no'));
    for (const { result } of shares) await expect(result).rejects.toThrow('no');
    join().leave();
    // Would be an unhandled rejection.
    begun[1]?.fail(new Error('seen by nobody'));
    await new Promise(setImmediate);
  });

  it('stays with those who have it when it is let go', async () => {
    const { work, begun, join } = working();
    const before = join();
    work.letGo('a');
    const after = join();
    after.leave();
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([false, true]);
    begun[0]?.end('from before');
    expect(await before.result).toBe('from before');
  });

  it('is aborted as a whole, also what was let go', () => {
    const { work, begun, join } = working();
    join();
    work.letGo('a');
    join();
    join('b');
    work.abortAll('closed');
    expect(begun.map(({ signal }) => signal.reason)).toEqual(['closed', 'closed', 'closed']);
  });
});
