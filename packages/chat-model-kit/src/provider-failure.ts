import { AiworkError, type ErrorCode } from '@aiwork/core';
import { type HeaderLookup, isUntrustedCertificate, readRetryAfterMs } from '@aiwork/core/adapter-kit';

/** What is known of a request that a provider did not answer as it should. @since 0.1.0 */
export interface ProviderFailure {
  /** The id of the model. */
  readonly model: string;
  /** Of the response; absent where the provider failed in the middle of a stream. */
  readonly status?: number | undefined;
  /** What the provider calls it, such as `overloaded_error` or `insufficient_quota`. */
  readonly kind?: string | undefined;
  /** What the provider says. It is clipped, and `secrets` are taken out of it. */
  readonly message?: string | undefined;
  readonly headers?: HeaderLookup | undefined;
  readonly requestId?: string | null | undefined;
  /** What no error may show, such as the key. */
  readonly secrets: readonly string[];
}

/** Kinds that stay as they are, whatever the status. A quota that is used up is told as 429. */
const final = /quota|billing|credit|authentication|permission|invalid_request|not_found|invalid_api_key/;
const limited = /rate_limit|too_many_requests/;
const maxMessage = 500;

/**
 * The error for a provider that refused a request or failed at it: `AIWORK_MODEL_REFUSED`, `AIWORK_MODEL_RATE_LIMITED` or
 * `AIWORK_MODEL_UNAVAILABLE`, and truthful about whether to try again, and when.
 *
 * @example
 * ```ts
 * import { providerFailure } from '@aiwork/chat-model-kit';
 *
 * const headers = new Headers({ 'retry-after': '2' });
 * const error = providerFailure({ model: 'm', status: 429, message: 'slow down', headers, secrets: [] });
 * console.log(error.code, error.retryable, error.retryAfterMs); // AIWORK_MODEL_RATE_LIMITED true 2000
 * ```
 * @since 0.1.0
 */
export function providerFailure(failure: ProviderFailure): AiworkError {
  const { model, status, headers, requestId } = failure;
  const code = codeOf(failure);
  const said = without(failure.secrets, failure.message ?? '').trim();
  const clipped = said.length > maxMessage ? `${said.slice(0, maxMessage)}…` : said;
  const how = [
    status === undefined ? 'in the middle of its reply' : `status ${status}`,
    ...(failure.kind === undefined ? [] : [without(failure.secrets, failure.kind)]),
    ...(requestId ? [`request ${requestId}`] : []),
  ].join(', ');
  const retryAfterMs = headers && readRetryAfterMs(headers);
  const problem = `${verbs[code]} (${how})${clipped && `: ${clipped}`}${redirectIn(failure)}`;
  return new AiworkError(code, `chat model "${model}" ${problem}`, {
    retryable: code !== 'AIWORK_MODEL_REFUSED',
    ...(retryAfterMs !== undefined && code !== 'AIWORK_MODEL_REFUSED' && { retryAfterMs }),
    ...(requestId && { requestId }),
  });
}

type FailureCode = Extract<
  ErrorCode,
  'AIWORK_MODEL_REFUSED' | 'AIWORK_MODEL_RATE_LIMITED' | 'AIWORK_MODEL_UNAVAILABLE'
>;

const verbs: Readonly<Record<FailureCode, string>> = {
  AIWORK_MODEL_REFUSED: 'was refused',
  AIWORK_MODEL_RATE_LIMITED: 'takes no more requests for now',
  AIWORK_MODEL_UNAVAILABLE: 'failed',
};

function codeOf({ status, kind = '', headers }: ProviderFailure): FailureCode {
  if (final.test(kind)) return 'AIWORK_MODEL_REFUSED';
  if (status === 429 || limited.test(kind)) return 'AIWORK_MODEL_RATE_LIMITED';
  // What the provider itself says of it goes before what its status means elsewhere.
  const told = headers?.get('x-should-retry');
  if (told === 'true') return 'AIWORK_MODEL_UNAVAILABLE';
  if (told === 'false') return 'AIWORK_MODEL_REFUSED';
  const passes = status === undefined || status >= 500 || status === 408 || status === 409;
  return passes ? 'AIWORK_MODEL_UNAVAILABLE' : 'AIWORK_MODEL_REFUSED';
}

/** Where a redirect leads, by its origin alone: a path may have a token in it. */
function redirectIn({ status = 0, headers }: ProviderFailure): string {
  const location = status >= 300 && status < 400 ? headers?.get('location') : undefined;
  const target = location ? URL.parse(location) : null;
  return target
    ? `; it leads to ${target.origin}, which was not asked: if that is right, give it as base URL`
    : '';
}

const without = (secrets: readonly string[], text: string) =>
  secrets.reduce((left, secret) => (secret === '' ? left : left.replaceAll(secret, '[redacted]')), text);

/**
 * The error for a provider that could not be reached, or whose connection broke: `AIWORK_MODEL_UNAVAILABLE`, `retryable`
 * unless it is about a certificate. It names the reason by its code alone, for the errors of HTTP clients may carry headers.
 *
 * @example
 * ```ts
 * import { connectionFailure } from '@aiwork/chat-model-kit';
 *
 * const reason = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
 * console.log(connectionFailure('m', new TypeError('fetch failed', { cause: reason })).message);
 * // chat model "m" could not be reached, or its connection broke (ECONNREFUSED)
 * ```
 * @since 0.1.0
 */
export function connectionFailure(model: string, thrown: unknown, requestId?: string): AiworkError {
  const code = reasonOf(thrown);
  const why = [...(code ? [code] : []), ...(requestId ? [`request ${requestId}`] : [])].join(', ');
  return new AiworkError(
    'AIWORK_MODEL_UNAVAILABLE',
    `chat model "${model}" could not be reached, or its connection broke${why && ` (${why})`}`,
    {
      retryable: !isUntrustedCertificate(code) && code !== 'ERR_INVALID_URL',
      ...(requestId && { requestId }),
    },
  );
}

/** The code that an HTTP client hides some causes deep. */
function reasonOf(thrown: unknown, depth = 0): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || depth > 5) return undefined;
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return 'cause' in thrown ? reasonOf(thrown.cause, depth + 1) : undefined;
}
