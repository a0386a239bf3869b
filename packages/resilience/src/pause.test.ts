import { createMemoryStateStore } from '@aiwork/core';
import { virtualClock } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import { outcomeOf, unavailable } from './calls.fixture.ts';
import { circuitBreaker, protectCall, rateLimit } from './index.ts';
import { pause } from './pause.ts';

/** A clock that is set back by `hours` in the middle of everything. */
function settable() {
  const clock = virtualClock({ startAt: 0 });
  let backMs = 0;
  return {
    clock: { ...clock, now: () => clock.now() - backMs },
    advance: clock.advance,
    setBack(hours: number) {
      backMs += hours * 3_600_000;
    },
  };
}

describe('a clock that is set back', () => {
  it('makes a pause no longer', () => {
    const paused = pause(10_000, 15_000);
    expect(paused.leftMs(12_000)).toBe(3000);
    expect(paused.leftMs(2000)).toBe(3000);
    expect(paused.leftMs(4000)).toBe(1000);
    expect(paused.leftMs(9000)).toBe(0);
  });

  it('keeps no breaker open', async () => {
    const { clock, advance, setBack } = settable();
    const breaker = circuitBreaker({ id: 'b', minCalls: 1, openFor: '10s' });
    let isDown = true;
    const call = async () => {
      if (isDown) throw unavailable();
      return 'back';
    };
    const ask = protectCall(call, [breaker], { clock });
    await outcomeOf(ask());
    setBack(1);
    expect(await outcomeOf(ask())).toBe('AIWORK_BREAKER_OPEN');
    isDown = false;
    await advance(10_000);
    expect(await ask()).toBe('back');
  });

  it('does not have all wait that long for a provider', async () => {
    const { clock, advance, setBack } = settable();
    let isDown = true;
    const call = async () => {
      if (isDown) throw unavailable(5000);
      return 'back';
    };
    const ask = protectCall(call, [rateLimit({ id: 'r', maxWait: 0 })], { clock });
    await outcomeOf(ask());
    isDown = false;
    setBack(1);
    await outcomeOf(ask());
    await advance(5000);
    expect(await ask()).toBe('back');
  });

  it('does not keep a breaker from hearing of others', async () => {
    const { clock, advance, setBack } = settable();
    const shared = { store: createMemoryStateStore({ now: clock.now }) };
    const ask = protectCall(async () => 'answer', [circuitBreaker({ id: 'b', shared })], { clock });
    await ask();
    await advance(0);
    setBack(1);
    await shared.store.set('aiwork-breaker/b', { openUntil: clock.now() + 10_000 });
    await ask();
    await advance(0);
    expect(await outcomeOf(ask())).toBe('AIWORK_BREAKER_OPEN');
  });
});
