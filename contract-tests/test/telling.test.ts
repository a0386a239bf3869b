import { AiworkError } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { hint, secretIn } from '../src/contracts/telling.ts';

const secret = 'hunter2-of-the-tests';
const error = (message: string, cause?: unknown) =>
  new AiworkError('AIWORK_STORE_FAILED', message, { retryable: true, ...(cause !== undefined && { cause }) });

describe('a secret that an error shows', () => {
  it.each([
    ['message', error(`could not reach redis://:${secret}@host`)],
    ['cause.message', error('no', new Error(secret))],
    ['cause.options.password', error('no', { options: { password: secret } })],
    ['cause.args.1', error('no', { args: ['AUTH', secret] })],
    ['cause.hidden', error('no', Object.defineProperty({}, 'hidden', { value: secret, enumerable: false }))],
  ])('is said to be in its %s', (place, shown) => {
    expect(secretIn(shown, [secret])).toBe(secret);
    expect(hint(secret, shown)).toBe(`hunt… in its ${place}`);
  });

  it('is shown without a place where none leads to it', () => {
    const shown = error('no', new Map([['password', secret]]));
    expect([secretIn(shown, [secret]), hint(secret, shown)]).toEqual([secret, 'hunt…']);
  });

  it('is looked for where members go round in circles', () => {
    const circle: { self?: object; other?: object } = {};
    circle.self = circle;
    circle.other = circle;
    expect(hint(secret, error('no', circle))).toBe('hunt…');
  });
});
