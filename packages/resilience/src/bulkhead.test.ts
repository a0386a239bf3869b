import { describe, expect, it } from 'vitest';
import { outcomeOf, scriptedCall, watch } from './calls.fixture.ts';
import { bulkhead, protectCall } from './index.ts';

const slow = { afterMs: 1000, gives: 'answer' };

describe('bulkhead', () => {
  it('lets so many through at once, in their order', async () => {
    const { clock, options, events } = watch();
    const call = scriptedCall(clock, [slow]);
    const ask = protectCall(call, [bulkhead({ id: 'b', limit: 2 })], options);
    await Promise.all(Array.from({ length: 6 }, () => ask({})));
    expect(clock.now()).toBe(3000);
    expect(events.filter(({ type }) => type === 'bulkhead.waiting')).toMatchObject([
      { bulkhead: 'b', queued: 1 },
      { queued: 2 },
      { queued: 3 },
      { queued: 4 },
    ]);
  });

  it('refuses what finds its queue full', async () => {
    const { clock, options, events } = watch();
    const ask = protectCall(
      scriptedCall(clock, [slow]),
      [bulkhead({ id: 'b', limit: 1, maxQueued: 1 })],
      options,
    );
    const outcomes = await Promise.all([ask({}), ask({}), outcomeOf(ask({}))]);
    expect(outcomes).toEqual(['answer', 'answer', 'AIWORK_BULKHEAD_FULL']);
    expect(events.find(({ type }) => type === 'bulkhead.refused')).toMatchObject({ at: 0, by: 'queue' });
  });

  it('refuses what waits too long, and is free again afterwards', async () => {
    const { clock, options } = watch();
    const places = bulkhead({ id: 'b', limit: 1, maxWait: 500 });
    const ask = protectCall(scriptedCall(clock, [slow]), [places], options);
    expect(await Promise.all([ask({}), outcomeOf(ask({}))])).toEqual(['answer', 'AIWORK_BULKHEAD_FULL']);
    expect(await ask({})).toBe('answer');
    expect(clock.pending).toBe(0);
  });

  it('gives the place of a caller that aborts to the next', async () => {
    const { clock, options } = watch({ auto: false });
    const ask = protectCall(scriptedCall(clock, [slow]), [bulkhead({ id: 'b', limit: 1 })], options);
    const [holder, waiter] = [new AbortController(), new AbortController()];
    const outcomes = Promise.all([
      outcomeOf(ask({}, { signal: holder.signal })),
      outcomeOf(ask({}, { signal: waiter.signal })),
      ask({}),
    ]);
    await clock.advance(1);
    waiter.abort('waiter');
    holder.abort('holder');
    await clock.advance(1000);
    expect(await outcomes).toEqual(['holder', 'waiter', 'answer']);
  });

  it('has its place back when the caller aborts in the moment it is given', async () => {
    const { clock, options } = watch({ auto: false });
    const ask = protectCall(scriptedCall(clock, [slow]), [bulkhead({ id: 'b', limit: 1 })], options);
    const [holder, waiter] = [new AbortController(), new AbortController()];
    const first = outcomeOf(ask({}, { signal: holder.signal }));
    const second = outcomeOf(ask({}, { signal: waiter.signal }));
    await clock.advance(1);
    holder.abort('holder');
    await first;
    waiter.abort('waiter');
    await second;
    const third = ask({});
    await clock.advance(1000);
    expect(await third).toBe('answer');
  });
});
