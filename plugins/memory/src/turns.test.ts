import { describe, expect, it } from 'vitest';
import { atOnce, inTurns, type Steps } from './turns.ts';

/** Keeps the event loop for as long. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

function* counting(steps: number, stepMs: number): Steps<number> {
  for (let done = 0; done < steps; done += 1) {
    work(stepMs);
    yield;
  }
  return steps;
}

describe('work in turns', () => {
  it('makes way between steps, and gives what it is for', async () => {
    let others = 0;
    const other = setInterval(() => {
      others += 1;
    }, 1);
    expect(await inTurns(counting(6, 10))).toBe(6);
    clearInterval(other);
    expect(others).toBeGreaterThan(0);
  });

  it('makes way between calls that are short, one after the other', async () => {
    let others = 0;
    setImmediate(() => {
      others += 1;
    });
    for (let call = 0; call < 30 && others === 0; call += 1) await inTurns(counting(2, 1));
    expect(others).toBe(1);
  });

  it('has no small work wait for a large one', async () => {
    const order: string[] = [];
    await Promise.all([
      inTurns(counting(150, 1)).then(() => order.push('large')),
      inTurns(counting(100, 0)).then(() => order.push('small')),
    ]);
    expect(order).toEqual(['small', 'large']);
  });

  it('ends where its signal aborts between two turns', async () => {
    const aborting = new AbortController();
    let steps = 0;
    function* endless(): Steps {
      for (; ; steps += 1) {
        work(10);
        yield;
      }
    }
    setImmediate(() => aborting.abort());
    await expect(inTurns(endless(), aborting.signal)).rejects.toMatchObject({ code: 'AIWORK_CANCELLED' });
    expect(steps).toBeLessThan(10);
  });

  it('is done at once where it has to be', () => {
    expect(atOnce(counting(3, 0))).toBe(3);
  });
});
