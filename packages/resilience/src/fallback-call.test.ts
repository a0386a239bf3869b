import { AiworkError } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { outcomeOf, scriptedCall, unavailable, watch } from './calls.fixture.ts';
import { fallbackCall } from './index.ts';

describe('fallbackCall', () => {
  it('makes the next call for the reason that is told', async () => {
    const { clock, options, events } = watch();
    const search = fallbackCall(
      { near: scriptedCall(clock, [unavailable()]), far: scriptedCall(clock, ['far']) },
      options,
    );
    expect(await search({})).toBe('far');
    expect(events).toMatchObject([
      { id: 'near > far', type: 'fallback', from: 'near', to: 'far', error: { message: 'status 503' } },
      { type: 'call.succeeded' },
    ]);
  });

  it('says why all failed', async () => {
    const { clock, options } = watch();
    const search = fallbackCall(
      { near: scriptedCall(clock, [unavailable()]), far: scriptedCall(clock, [unavailable()]) },
      options,
    );
    expect(await outcomeOf(search({}))).toBe('AIWORK_ALL_FAILED');
  });

  it.each([
    ['unknown', ['not-applied', 'unknown']],
    ['not-applied', ['not-applied', 'not-applied']],
    [undefined, ['not-applied', undefined]],
  ] as const)('says %s of what was done where its calls say %j', async (outcome, said) => {
    const { clock, options } = watch();
    const failing = (own: (typeof said)[number]) =>
      scriptedCall(clock, [
        new AiworkError('AIWORK_TEST', 'away', { retryable: true, ...(own && { outcome: own }) }),
      ]);
    const send = fallbackCall({ near: failing(said[0]), far: failing(said[1]) }, options);
    const error: AiworkError = await send({}).then(String, (thrown) => thrown);
    expect([error.code, error.retryable, error.outcome]).toEqual(['AIWORK_ALL_FAILED', true, outcome]);
  });

  it('makes no other call once its caller has aborted', async () => {
    const { clock, options, events } = watch({ auto: false });
    const far = scriptedCall(clock, ['never']);
    const search = fallbackCall(
      { near: scriptedCall(clock, [{ afterMs: 1000, gives: 'slow' }]), far },
      options,
    );
    const abort = new AbortController();
    const left = outcomeOf(search({}, { signal: abort.signal }));
    await clock.advance(1);
    abort.abort('left');
    expect([await left, far.signals, events.map(({ type }) => type)]).toEqual(['left', [], ['call.left']]);
  });

  it('needs a call', () => {
    expect(() => fallbackCall({})).toThrow('give at least one');
  });
});
