import { AiworkError, type AiworkErrorOptions } from '@aiwork/core';
import type { ChatModelUnderTest } from '../../contracts/chat-model/chat-model-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken, ruled, throwsAs } from './broken.ts';

/** The same error with something else in it. */
const errorAs = (change: (error: AiworkError) => AiworkErrorOptions) =>
  throwsAs((error) =>
    AiworkError.isInstance(error) ? new AiworkError(error.code, error.message, change(error)) : error,
  );

export const failureSaboteurs: readonly Saboteur<ChatModelUnderTest>[] = [
  {
    id: 'never-gives-up',
    breaks: 'Says of every failure that it may pass',
    caughtBy: [
      { check: 'chat-model.failures.retryable', message: 'whether status 400 is retryable to be false' },
    ],
    sabotage: ruled({ retryable: () => true }),
  },
  {
    id: 'gives-up-on-overload',
    breaks: 'Knows 429 and 500 as what may pass, and nothing else',
    caughtBy: [
      { check: 'chat-model.failures.retryable', message: 'whether status 502 is retryable to be true' },
    ],
    sabotage: ruled({ retryable: (status) => status === 429 || status === 500 }),
  },
  {
    id: 'tries-again-by-itself',
    breaks: 'Makes a failed request a second time, unasked',
    caughtBy: [
      { check: 'chat-model.failures.retryable', message: 'the number of requests that were answered' },
    ],
    sabotage: broken((model) => ({
      async *stream(request, options) {
        try {
          yield* model.stream(request, options);
        } catch {
          yield* model.stream(request, options);
        }
      },
    })),
  },
  {
    id: 'has-one-code',
    breaks: 'Has one code for whatever goes wrong',
    caughtBy: [
      { check: 'chat-model.failures.codes', message: "the code of status 401 to be 'AIWORK_MODEL_REFUSED'" },
    ],
    sabotage: ruled({ code: () => 'AIWORK_MODEL_UNAVAILABLE' }),
  },
  {
    id: 'takes-seconds-for-milliseconds',
    breaks: 'Takes the seconds of Retry-After for milliseconds',
    caughtBy: [
      { check: 'chat-model.failures.retry-after', message: 'retryAfterMs for Retry-After: 7 to be 7000' },
    ],
    sabotage: ruled({ retryAfterMs: (value) => (/^[\d.]+$/.test(value ?? '') ? Number(value) : undefined) }),
  },
  {
    id: 'knows-no-dates',
    breaks: 'Does not know that Retry-After may be a date',
    caughtBy: [{ check: 'chat-model.failures.retry-after', message: 'to be 60000 to 600000' }],
    sabotage: ruled({
      retryAfterMs: (value) => (/^[\d.]+$/.test(value ?? '') ? Number(value) * 1000 : undefined),
    }),
  },
  {
    id: 'makes-up-a-time',
    breaks: 'Takes a Retry-After that cannot be read for 0',
    caughtBy: [{ check: 'chat-model.failures.retry-after', message: 'Retry-After: soon to be absent' }],
    sabotage: errorAs(({ retryable, retryAfterMs = 0 }) => ({ retryable, retryAfterMs })),
  },
  {
    id: 'forgets-request-ids',
    breaks: 'Leaves out what the provider calls the request',
    caughtBy: [{ check: 'chat-model.failures.request-id', message: 'the id of the request that failed' }],
    sabotage: errorAs(({ retryable }) => ({ retryable })),
  },
  {
    id: 'takes-an-end-for-a-finish',
    breaks: 'Takes the end of the connection for the end of the reply',
    caughtBy: [{ check: 'chat-model.failures.cut', message: 'then end() to be refused' }],
    sabotage: ruled({ isWhole: () => true }),
  },
  {
    id: 'ends-quietly-when-cut-off',
    breaks: 'Ends the reply when the connection breaks',
    caughtBy: [{ check: 'chat-model.failures.cut', message: 'to be refused' }],
    sabotage: broken((model) => ({
      async *stream(request, options) {
        try {
          yield* model.stream(request, options);
        } catch (error) {
          if (AiworkError.isInstance(error) && error.requestId !== undefined) throw error;
          yield { type: 'done', reason: 'stop' };
        }
      },
    })),
  },
  {
    id: 'overlooks-errors-in-streams',
    breaks: 'Looks for text in what the provider streams, and not for errors',
    caughtBy: [{ check: 'chat-model.failures.in-stream', message: 'to be refused' }],
    sabotage: ruled({ seesErrors: false, isWhole: () => true }),
  },
  {
    id: 'retries-what-was-streamed',
    breaks: 'Says of every error in a stream that it may pass',
    caughtBy: [
      { check: 'chat-model.failures.in-stream', message: 'that error (invalid) is retryable to be false' },
    ],
    sabotage: ruled({ retryable: (status) => status === 200 || status === 429 || status >= 500 }),
  },
  {
    id: 'skips-what-it-cannot-read',
    breaks: 'Goes on where a part cannot be read',
    caughtBy: [
      { check: 'chat-model.failures.nonsense', message: 'a stream with {"choices":[ in it to be refused' },
    ],
    sabotage: ruled({
      parse(data) {
        try {
          return JSON.parse(data);
        } catch {
          return { choices: [] };
        }
      },
    }),
  },
  {
    id: 'throws-what-fetch-throws',
    breaks: 'Throws what fetch throws, which nobody can tell from a mistake in the program',
    caughtBy: [
      {
        check: 'chat-model.failures.unreachable',
        message: 'a request to a provider that is away to be refused',
      },
    ],
    sabotage: throwsAs((error) =>
      AiworkError.isInstance(error) && error.requestId === undefined ? new TypeError('fetch failed') : error,
    ),
  },
];
