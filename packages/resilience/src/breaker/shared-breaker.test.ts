import { createMemoryStateStore, type StateStore } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { outcomeOf, scriptedCall, unavailable, watch } from '../calls.fixture.ts';
import { circuitBreaker, protectCall } from '../index.ts';

const down = unavailable();

/** Two processes: each has a breaker of its own, with the same id, over one store. */
function twoProcesses({ broken = false } = {}) {
  const watched = watch({ auto: false });
  const { clock, options } = watched;
  const memory = createMemoryStateStore({ now: clock.now });
  const store: StateStore = broken ? { ...memory, get: failing, set: failing, delete: failing } : memory;
  const process = (steps: Parameters<typeof scriptedCall>[1]) => {
    const breaker = circuitBreaker({
      id: 'b',
      minCalls: 1,
      openFor: '10s',
      probeTimeout: '2s',
      shared: { store, refresh: '1s' },
    });
    const call = scriptedCall(clock, steps);
    const ask = protectCall(call, [breaker], options);
    return { breaker, call, ask: () => outcomeOf(ask({})) };
  };
  return { ...watched, store, process };
}

const failing = async () => {
  throw new Error('no connection');
};

describe('a breaker that is shared', () => {
  it('opens where others of its id opened', async () => {
    const { process, clock, events } = twoProcesses();
    const [one, other] = [process([down]), process(['answer'])];
    await one.ask();
    await clock.advance(1000);
    // The first call learns of it in the background, the next heeds it.
    expect([await other.ask(), await other.ask()]).toEqual(['answer', 'AIWORK_BREAKER_OPEN']);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'breaker.opened', by: 'peer', openMs: 9000, breaker: 'b' }),
    );
  });

  it('leaves the probe to who opened it, and closes with it', async () => {
    const { process, clock } = twoProcesses();
    const [one, other] = [process([down, 'back']), process(['answer'])];
    await one.ask();
    await clock.advance(1000);
    await other.ask();
    await clock.advance(9000);
    expect([await other.ask(), await one.ask()]).toEqual(['AIWORK_BREAKER_OPEN', 'back']);
    await clock.advance(1000);
    await other.ask();
    await clock.advance(0);
    expect([other.breaker.phase, await other.ask()]).toEqual(['closed', 'answer']);
  });

  it('probes by itself when nothing is heard of who opened it', async () => {
    const { process, clock } = twoProcesses();
    const [one, other] = [process([down]), process(['answer'])];
    await one.ask();
    await clock.advance(1000);
    await other.ask();
    await clock.advance(11_000);
    expect([await other.ask(), other.breaker.phase]).toEqual(['answer', 'closed']);
  });

  it('goes on by itself, and says so, when its store fails', async () => {
    const { process, clock, events } = twoProcesses({ broken: true });
    const one = process([down, 'back']);
    await one.ask();
    expect(await one.ask()).toBe('AIWORK_BREAKER_OPEN');
    await clock.advance(10_000);
    expect(await one.ask()).toBe('back');
    const untold = events.filter(({ type }) => type === 'breaker.not-shared');
    expect(untold.length).toBeGreaterThan(1);
    expect(untold[0]).toMatchObject({ error: { message: 'no connection' } });
  });
});
