import { AiworkError } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { sdkFailure } from './sdk-failure.ts';

const about = { model: 'm', secrets: ['sk-123'] };
const failed = (status: number | undefined, error: unknown, headers: Record<string, string> = {}) =>
  sdkFailure({ status, error, headers: new Headers(headers), requestID: 'req_1' }, about);

describe('sdkFailure', () => {
  it.each([
    ['a quota that is used up', 429, { code: 'insufficient_quota' }, 'AIWORK_MODEL_REFUSED', false],
    ['a limit of the rate', 429, { code: 'rate_limit_exceeded' }, 'AIWORK_MODEL_RATE_LIMITED', true],
    [
      'a limit in a stream',
      undefined,
      { error: { type: 'rate_limit_error' } },
      'AIWORK_MODEL_RATE_LIMITED',
      true,
    ],
    [
      'an overload in a stream',
      undefined,
      { error: { type: 'overloaded_error' } },
      'AIWORK_MODEL_UNAVAILABLE',
      true,
    ],
    ['a refusal in a stream', undefined, { type: 'invalid_request_error' }, 'AIWORK_MODEL_REFUSED', false],
    ['a status in the place of a code', undefined, { code: 502 }, 'AIWORK_MODEL_UNAVAILABLE', true],
    ['a status of refusal in the place of a code', undefined, { code: 402 }, 'AIWORK_MODEL_REFUSED', false],
    ['an error without a word', undefined, {}, 'AIWORK_MODEL_UNAVAILABLE', true],
    ['a conflict', 409, {}, 'AIWORK_MODEL_UNAVAILABLE', true],
    ['a page in the place of a body', 503, undefined, 'AIWORK_MODEL_UNAVAILABLE', true],
  ])('tells %s by its code', (_, status, error, code, retryable) => {
    expect(failed(status, error)).toMatchObject({ code, retryable, requestId: 'req_1' });
  });

  it('believes a provider that says whether to try again', () => {
    expect(failed(500, {}, { 'x-should-retry': 'false' })).toMatchObject({ retryable: false });
    expect(failed(400, {}, { 'x-should-retry': 'true' })).toMatchObject({ retryable: true });
  });

  it('says where a redirect leads, but no more of the address', () => {
    const error = failed(308, { message: 'moved' }, { location: 'https://other.example/v1?token=t-1' });
    expect(error).toMatchObject({ code: 'AIWORK_MODEL_REFUSED', retryable: false });
    expect(error.message).toContain('moved; it leads to https://other.example, which was not asked');
    expect(error.message).not.toContain('t-1');
    expect(failed(308, {}, { location: '/v2' }).message).not.toContain('leads');
  });

  it('says what was said, without secrets and not for ever', () => {
    const { message } = failed(400, { message: `sk-123 is no key. ${'x'.repeat(10_000)}` });
    expect(message).toMatch(
      /^chat model "m" was refused \(status 400, request req_1\): \[redacted\] is no key\./,
    );
    expect(message.length).toBeLessThan(700);
  });

  it('tells a connection that broke by its code alone', () => {
    const cause = Object.assign(new Error('Bearer sk-123'), { code: 'ECONNRESET' });
    const error = sdkFailure(new TypeError('terminated', { cause }), { ...about, requestId: 'req_2' });
    expect(error).toMatchObject({ code: 'AIWORK_MODEL_UNAVAILABLE', retryable: true, requestId: 'req_2' });
    expect(error.message).toContain('(ECONNRESET, request req_2)');
    expect(error.cause).toBeUndefined();
  });

  it('does not try a certificate again that is not trusted', () => {
    const cause = Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(sdkFailure(new TypeError('fetch failed', { cause }), about).retryable).toBe(false);
  });

  it('finds the id of a request where the client does not look', () => {
    const thrown = { status: 500, headers: new Headers({ 'x-generation-id': 'gen-1' }) };
    expect(sdkFailure(thrown, { ...about, requestIdHeader: 'x-generation-id' }).requestId).toBe('gen-1');
  });

  it('leaves errors of this project as they are', () => {
    const error = new AiworkError('AIWORK_INVALID_ARGUMENT', 'there is no key');
    expect(sdkFailure(error, about)).toBe(error);
  });

  it.each([undefined, null, 'text', 7])('makes an error of %j', (thrown) => {
    expect(sdkFailure(thrown, about).code).toBe('AIWORK_MODEL_UNAVAILABLE');
  });
});
