import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { createOwnSignal } from './own-signal.ts';

it('aborts with the one that it follows, for the same reason', () => {
  const lost = new AbortController();
  const own = createOwnSignal(lost.signal);
  const signal = own.get();
  expect(signal.aborted).toBe(false);
  expect(own.get()).toBe(signal);
  const reason = new Error('lost');
  lost.abort(reason);
  expect(signal.reason).toBe(reason);
  expect(createOwnSignal(lost.signal).get().reason).toBe(reason);
});

it('leaves nothing on the one that it follows, whatever was left on it', () => {
  const lost = new AbortController();
  for (let task = 0; task < 100; task += 1) {
    const own = createOwnSignal(lost.signal);
    own.get().addEventListener('abort', () => {});
    own.end();
  }
  expect(getEventListeners(lost.signal, 'abort')).toEqual([]);
});
