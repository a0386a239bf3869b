import { createOrchestrator, type Orchestrator } from '@aiwork/core';
import { afterEach, expect, it, vi } from 'vitest';
import { deliveryTask } from './delivery-task.ts';
import { takeUpDeliveries } from './left-deliveries.ts';

const everyMs = 10_000;
const unitIds = new Set(Array.from({ length: 100 }, (_, i) => `unit-${i}`));

/** Looks through an orchestrator whose first listing takes until it is let go on. */
function lookThroughSlow() {
  const goOn = Promise.withResolvers<void>();
  let listings = 0;
  const orchestrator: Orchestrator = {
    ...createOrchestrator(),
    async list() {
      listings += 1;
      await goOn.promise;
      return { items: [] };
    },
  };
  const task = deliveryTask({ retry: { maxAttempts: 1 }, timeoutMs: 1000, deliver: async () => {} });
  const stop = takeUpDeliveries({ orchestrator, task, unitIds, everyMs, tellAll: async () => {} });
  return { stop, goOn: goOn.resolve, listings: () => listings };
}

afterEach(() => {
  vi.useRealTimers();
});

it('looks once at a time, however long a look takes', async () => {
  vi.useFakeTimers();
  const { stop, goOn, listings } = lookThroughSlow();
  await vi.advanceTimersByTimeAsync(20 * everyMs);
  expect(listings()).toBe(1);
  goOn();
  await vi.advanceTimersByTimeAsync(everyMs / 2);
  const aLook = listings();
  expect(aLook).toBe(3 + 3 * unitIds.size);
  await vi.advanceTimersByTimeAsync(everyMs);
  expect(listings()).toBe(2 * aLook);
  await stop();
});

it('stops in the middle of a look', async () => {
  const { stop, goOn, listings } = lookThroughSlow();
  const stopped = stop();
  goOn();
  await stopped;
  expect(listings()).toBeLessThan(5);
});
