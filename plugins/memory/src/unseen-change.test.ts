import { expect, it } from 'vitest';
import type { Steps } from './turns.ts';
import { createUnseenChange } from './unseen-change.ts';

/** A change that takes several turns of the event loop, and what of it is made. */
function slowChange() {
  const made: number[] = [];
  function* steps(): Steps<string> {
    for (let step = 0; step < 4; step += 1) {
      const end = performance.now() + 10;
      while (performance.now() < end);
      made.push(step);
      yield;
    }
    return 'made';
  }
  return { made, steps: steps() };
}

it('lets nobody see half of a change', async () => {
  const change = createUnseenChange();
  const { made, steps } = slowChange();
  const result = change.make(steps);
  const seen = change.settled(undefined).then(() => made.length);
  expect(made.length).toBeLessThan(4);
  expect(await result).toBe('made');
  expect(await seen).toBe(4);
  await change.settled(undefined);
});

it('does not hold those who no longer wait', async () => {
  const change = createUnseenChange();
  const order: string[] = [];
  const result = change.make(slowChange().steps).then((made) => order.push(made));
  const aborting = new AbortController();
  const waiting = change.settled(aborting.signal).catch(({ code }) => order.push(code));
  aborting.abort();
  await Promise.all([result, waiting]);
  expect(order).toEqual(['AIWORK_CANCELLED', 'made']);
});
