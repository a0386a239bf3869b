import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOrchestrator } from '../orchestrator.ts';
import { defineFlow } from '../units/define-flow.ts';
import { virtualClock } from './virtual-clock.ts';

describe('a virtual clock', () => {
  it('stands still until it is told otherwise', async () => {
    const clock = virtualClock({ startAt: 1000 });
    let fired = false;
    clock.setTimer(10, () => {
      fired = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([clock.now(), fired, clock.pending]).toEqual([1000, false, 1]);
  });

  it('fires timers in order, each at its own time', async () => {
    const clock = virtualClock({ startAt: 0 });
    const fired: [string, number][] = [];
    for (const [name, delay] of [
      ['c', 30],
      ['a', 10],
      ['b', 10],
    ] as const) {
      clock.setTimer(delay, () => fired.push([name, clock.now()]));
    }
    await clock.advance(29);
    expect(fired).toEqual([
      ['a', 10],
      ['b', 10],
    ]);
    expect(clock.now()).toBe(29);
    await clock.advance(1);
    expect(fired.at(-1)).toEqual(['c', 30]);
  });

  it('lets the code a timer wakes set the next one in time', async () => {
    const clock = virtualClock({ startAt: 0 });
    const wait = (ms: number) => new Promise<void>((resolve) => void clock.setTimer(ms, resolve));
    const woken: number[] = [];
    const work = (async () => {
      for (let i = 0; i < 3; i += 1) {
        await wait(10);
        woken.push(clock.now());
      }
    })();
    await clock.advance(30);
    await work;
    expect(woken).toEqual([10, 20, 30]);
  });

  it('takes a timer back', async () => {
    const clock = virtualClock();
    const cancel = clock.setTimer(1, () => expect.unreachable());
    cancel();
    cancel();
    await clock.advance(10);
    expect(clock.pending).toBe(0);
  });

  it('runs what there is, and refuses to run for ever', async () => {
    const clock = virtualClock({ startAt: 0 });
    clock.setTimer(1e9, () => {});
    await clock.runAll();
    expect(clock.now()).toBe(1e9);
    const again = () => void clock.setTimer(1, again);
    again();
    await expect(clock.runAll(50)).rejects.toThrow(RangeError);
  });

  it('fires in the order of time, whatever the order of setting', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 12 }), async (delays) => {
        const clock = virtualClock({ startAt: 0 });
        const fired: number[] = [];
        for (const delay of delays) clock.setTimer(delay, () => fired.push(clock.now()));
        await clock.advance(50);
        expect(fired).toEqual(delays.toSorted((a, b) => a - b));
      }),
      { numRuns: 30 },
    );
  });
});

describe('an automatic virtual clock', () => {
  it('makes hours pass while nothing else is to be done', async () => {
    const clock = virtualClock({ auto: true });
    const flow = defineFlow({ id: 'nap', input: z.object({}) }, (f) => {
      const nap = f.sleep('nap', { for: '8h' });
      return f.step('wake', { needs: { nap }, run: () => 'up' });
    });
    await using ai = createOrchestrator({ clock });
    const before = clock.now();
    const start = performance.now();
    expect(await (await ai.start(flow, {})).result()).toBe('up');
    expect(clock.now() - before).toBe(8 * 3_600_000);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('gives files time when it is told to', async () => {
    const clock = virtualClock({ auto: true, patienceMs: 50 });
    const order: string[] = [];
    const timer = new Promise<void>((resolve) => {
      clock.setTimer(1, () => {
        order.push('timer');
        resolve();
      });
    });
    await readFile(import.meta.filename);
    order.push('file');
    await timer;
    expect(order).toEqual(['file', 'timer']);
  });
});
