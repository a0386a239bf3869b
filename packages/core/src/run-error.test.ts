import { describe, expect, it } from 'vitest';
import { AiworkError, hasCode } from './errors.ts';
import { fromRunError, toRunError } from './run-error.ts';

describe('an error in the journal', () => {
  it('keeps name, code, step and causes, and comes back as one', () => {
    const error = new AiworkError('AIWORK_CLOSED', 'closed', {
      stepId: 's',
      cause: new TypeError('why'),
      retryAfterMs: 5,
    });
    const back = fromRunError(JSON.parse(JSON.stringify(toRunError(error))));
    expect(hasCode(back, 'AIWORK_CLOSED')).toBe(true);
    expect(back).toMatchObject({ message: 'closed', stepId: 's', retryable: false, retryAfterMs: 5 });
    expect(back.cause).toMatchObject({ name: 'TypeError', message: 'why' });
  });

  it('says what was thrown when it was no error', () => {
    expect(toRunError('text')).toMatchObject({ name: 'NonError', message: 'text' });
    expect(toRunError({ a: 1 }).message).toBe('{"a":1}');
    expect(toRunError(undefined).message).toBe('undefined');
    expect(toRunError(1n).message).toBe('1');
  });

  it('is short, however long the message', () => {
    const error = toRunError(new Error('x'.repeat(1_000_000)));
    expect(JSON.stringify(error).length).toBeLessThan(40_000);
    expect(error.message).toMatch(/… \(983616 more characters\)$/);
  });

  it('ends where causes go in circles', () => {
    const error = new Error('a') as Error & { cause: unknown };
    error.cause = error;
    expect(JSON.stringify(toRunError(error)).match(/"message"/g)).toHaveLength(9);
  });

  it.each([
    ['a number of seconds', { headers: { 'retry-after': '2' } }, 2000],
    ['Headers on a response', { response: { headers: new Headers({ 'Retry-After': '3' }) } }, 3000],
    ['milliseconds', { retryAfterMs: 7 }, 7],
  ])('takes Retry-After from %s', (_, fields, ms) => {
    expect(toRunError(Object.assign(new Error('busy'), fields)).retryAfterMs).toBe(ms);
  });

  it('takes Retry-After from a date', () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    const { retryAfterMs } = toRunError(
      Object.assign(new Error('busy'), { headers: { 'retry-after': date } }),
    );
    expect(retryAfterMs).toBeGreaterThan(50_000);
  });
});
