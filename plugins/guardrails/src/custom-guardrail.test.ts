import type { Verdict } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { checkText } from './check-text.fixture.ts';
import { customGuardrail } from './custom-guardrail.ts';

describe('customGuardrail', () => {
  it.each<Verdict>([
    { action: 'pass' },
    { action: 'redact', text: 'x', reason: 'why' },
    { action: 'retry', feedback: 'again' },
    { action: 'block', reason: 'no' },
  ])('gives the verdict of its function: %o', async (verdict) => {
    expect(await checkText(customGuardrail({ name: 'test', check: () => verdict }), 'a')).toEqual(verdict);
    expect(await checkText(customGuardrail({ name: 'test', check: async () => verdict }), 'a')).toEqual(
      verdict,
    );
  });

  it('shows its function the text, whether it is final, and the run', async () => {
    const seen: unknown[] = [];
    const guardrail = customGuardrail({
      name: 'test',
      check(input, { runId, stepId }) {
        seen.push(input, runId, stepId);
        return { action: 'pass' };
      },
    });
    const { signal } = new AbortController();
    await guardrail.check({ text: 'a', final: false }, { signal, runId: 'r', stepId: 's' });
    expect(seen).toEqual([{ text: 'a', final: false }, 'r', 's']);
  });

  it.each<[string, unknown, string]>([
    ['an error', new TypeError('broken'), 'it threw TypeError: broken'],
    ['a text', 'secret', 'it threw a value of type string'],
    ['null', null, 'it threw a value of type null'],
  ])('blocks when its function throws %s, at once or later', async (_, thrown, reason) => {
    const now = customGuardrail({
      name: 'test',
      check: () => {
        throw thrown;
      },
    });
    const later = customGuardrail({ name: 'test', check: () => Promise.reject(thrown) });
    expect(await checkText(now, 'a')).toEqual({ action: 'block', reason });
    expect(await checkText(later, 'a')).toEqual({ action: 'block', reason });
  });

  it('blocks when its function does not answer in time, and aborts its signal', async () => {
    let aborted: AbortSignal | undefined;
    const guardrail = customGuardrail({
      name: 'test',
      timeoutMs: 20,
      check: (_, { signal }) => {
        aborted = signal;
        return new Promise<Verdict>(() => {});
      },
    });
    expect(await checkText(guardrail, 'a')).toEqual({ action: 'block', reason: 'it took longer than 20 ms' });
    expect(aborted?.aborted).toBe(true);
  });

  it('rejects with the reason of its signal, which its function sees too', async () => {
    const cancel = new AbortController();
    const guardrail = customGuardrail({
      name: 'test',
      check: (_, { signal }) => {
        const answer = new Promise<Verdict>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
        cancel.abort(new Error('cancelled'));
        return answer;
      },
    });
    await expect(checkText(guardrail, 'a', cancel.signal)).rejects.toThrow('cancelled');
  });

  it('leaves no listener on a signal that outlives it', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners += 1;
      return addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      return removeEventListener.apply(signal, args);
    };
    await checkText(customGuardrail({ name: 'test', check: () => ({ action: 'pass' }) }), 'a', signal);
    expect(listeners).toBe(0);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'a value of type undefined'],
    ['null', null, 'null'],
    ['true', true, 'a value of type boolean'],
    ['an unknown action', { action: 'allow' }, 'an object whose `action` is not known'],
    ['an inherited action', { action: 'toString' }, 'an object whose `action` is not known'],
    ['no text to put in place', { action: 'redact', reason: 'r' }, '"redact" without a text `text`'],
    ['no feedback', { action: 'retry' }, '"retry" without a text `feedback`'],
    ['no reason', { action: 'block', reason: 1 }, '"block" without a text `reason`'],
    [
      'a reason that is no text',
      { action: 'redact', text: 'x', reason: 1 },
      '"redact" with a `reason` that is no text',
    ],
  ])('says what is wrong when its function returns %s', async (_, verdict, problem) => {
    const guardrail = customGuardrail({ name: 'test', check: () => verdict as Verdict });
    await expect(checkText(guardrail, 'a')).rejects.toMatchObject({
      code: 'AIWORK_INVALID_VERDICT',
      message: expect.stringContaining(`guardrail "test" returned ${problem}: return {`),
    });
  });

  it('does not call its function with more than maxTextBytes bytes', async () => {
    const guardrail = customGuardrail({
      name: 'test',
      maxTextBytes: 3,
      check: ({ text }) => ({ action: 'block', reason: text }),
    });
    expect(await checkText(guardrail, '\ud800')).toMatchObject({ reason: '\ud800' });
    expect(await checkText(guardrail, '\ud800a')).toMatchObject({
      reason: expect.stringContaining('4 bytes'),
    });
  });

  it('refuses to be without a function', () => {
    expect(() => customGuardrail({ name: 'test', check: undefined as never })).toThrow('has no function');
  });
});
