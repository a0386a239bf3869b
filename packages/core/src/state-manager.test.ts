import { describe, expect, it } from 'vitest';
import type { StateStore } from './adapters/state-store.ts';
import { stoppedClock, storeKinds } from './embedded/stores.fixture.ts';
import { StateManager } from './state-manager.ts';

describe.each(storeKinds)('StateManager over a store $kind', ({ open }) => {
  it('saves, gets and deletes', async () => {
    const state = new StateManager(open().stateStore);
    const version = await state.saveState('key', { a: 1 });
    expect(await state.getState('key')).toEqual({ a: 1 });
    expect(await state.getEntry('key')).toEqual({ value: { a: 1 }, version });
    expect(await state.deleteState('key')).toBe(true);
    expect(await state.getState('key')).toBeUndefined();
  });

  it('saves only over the version it is given', async () => {
    const state = new StateManager(open().stateStore);
    const version = await state.saveState('key', 1, { ifVersion: null });
    expect(await state.saveState('key', 2, { ifVersion: null })).toBeUndefined();
    expect(await state.saveState('key', 2, { ifVersion: version as string })).toEqual(expect.any(String));
    expect(await state.deleteState('key', { ifVersion: version as string })).toBe(false);
    expect(await state.getState('key')).toBe(2);
  });

  it('takes a time to live as a duration', async () => {
    const clock = stoppedClock();
    const state = new StateManager(open(clock).stateStore);
    await state.saveState('key', 1, { ttl: '2s' });
    await state.updateState('other', () => 1, { ttl: 1000 });
    clock.advance(1999);
    expect(await state.getState('key')).toBe(1);
    expect(await state.getState('other')).toBeUndefined();
    clock.advance(1);
    expect(await state.getState('key')).toBeUndefined();
  });

  it('loses no update of many at once', async () => {
    const state = new StateManager(open().stateStore);
    const add = () => state.updateState<number>('sum', (sum = 0) => sum + 1);
    await Promise.all(Array.from({ length: 10 }, add));
    expect(await state.getState('sum')).toBe(10);
  });

  it('gives up when others always come in between', async () => {
    const { stateStore } = open();
    const state = new StateManager(stateStore);
    let calls = 0;
    const update = state.updateState(
      'key',
      async () => {
        calls += 1;
        await stateStore.set('key', 'theirs');
        return 'mine';
      },
      { maxAttempts: 3 },
    );
    await expect(update).rejects.toMatchObject({
      code: 'AIWORK_STORE_BUSY',
      retryable: true,
      outcome: 'not-applied',
      message: expect.stringContaining('"key"'),
    });
    expect(calls).toBe(3);
    expect(await state.getState('key')).toBe('theirs');
  });

  it('stops updating when it is aborted', async () => {
    const controller = new AbortController();
    const state = new StateManager(open().stateStore);
    const update = state.updateState('key', () => [controller.abort()].length, { signal: controller.signal });
    await expect(update).rejects.toMatchObject({ code: 'AIWORK_CANCELLED' });
  });

  it('refuses to update in a store without compare-and-set', async () => {
    const { stateStore } = open();
    const weak: StateStore = {
      ...stateStore,
      capabilities: { ...stateStore.capabilities, compareAndSet: false },
    };
    await expect(new StateManager(weak).updateState('key', () => 1)).rejects.toMatchObject({
      code: 'AIWORK_UNSUPPORTED_CAPABILITY',
    });
  });
});
