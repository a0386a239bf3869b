import { describe, expect, it } from 'vitest';
import { createLanes } from './lanes.ts';

/** Work that goes on until it is let go. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, release: () => resolve() };
}

describe('lanes', () => {
  it('give each job the first free lane, in the order of arrival', async () => {
    const lanes = createLanes(['a']);
    const seen: string[] = [];
    const first = held();
    const jobs = [0, 1, 2].map((n) =>
      lanes.use(async (lane) => {
        if (n === 0) await first.promise;
        seen.push(`${n} in ${lane}`);
      }),
    );
    first.release();
    await Promise.all(jobs);
    expect(seen).toEqual(['0 in a', '1 in a', '2 in a']);
  });

  it('do as many jobs at once as there are lanes', async () => {
    const lanes = createLanes(['a', 'b']);
    const [one, two] = [held(), held()];
    const used = new Set<string>();
    const jobs = [one, two].map(({ promise }) =>
      lanes.use(async (lane) => {
        used.add(lane);
        await promise;
      }),
    );
    await Promise.resolve();
    expect(used).toEqual(new Set(['a', 'b']));
    one.release();
    two.release();
    await Promise.all(jobs);
  });

  it('let a job leave the queue at once, and never begin it', async () => {
    const lanes = createLanes(['a']);
    const { promise, release } = held();
    const first = lanes.use(() => promise);
    const leaving = new AbortController();
    let began = false;
    const second = lanes.use(async () => {
      began = true;
    }, leaving.signal);
    leaving.abort('the user left');
    await expect(second).rejects.toBe('the user left');
    release();
    await first;
    await lanes.use(async () => {});
    expect(began).toBe(false);
  });

  it('leave a job that has begun in its lane, and its caller go', async () => {
    const lanes = createLanes(['a']);
    const { promise, release } = held();
    const leaving = new AbortController();
    const first = lanes.use(() => promise, leaving.signal);
    leaving.abort('the user left');
    await expect(first).rejects.toBe('the user left');
    let began = false;
    const second = lanes.use(async () => {
      began = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(began).toBe(false);
    release();
    await second;
    expect(began).toBe(true);
  });

  it('go on after a job that failed', async () => {
    const lanes = createLanes(['a']);
    await expect(lanes.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(lanes.use(async (lane) => lane)).resolves.toBe('a');
  });
});
