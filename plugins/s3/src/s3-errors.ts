import { AiworkError, type ErrorCode } from '@aiwork/core';
import { isUntrustedCertificate, readRetryAfterMs } from '@aiwork/core/adapter-kit';

type Outcome = 'not-applied' | 'unknown';

interface Explanation {
  readonly code: ErrorCode;
  readonly advice: string;
  readonly retryable: boolean;
}

const failed = (advice: string): Explanation => ({ code: 'AIWORK_STORE_FAILED', advice, retryable: false });
const busy: Explanation = {
  code: 'AIWORK_STORE_BUSY',
  advice: 'it has too much to do: try again in a moment',
  retryable: true,
};
const wrongPlace = failed('it is in another region, or at another endpoint: check both');
const wrongKeys = failed('it does not accept these credentials: check the access key and its secret');
const noAccess = failed(
  'these credentials may not do it: allow s3:GetObject and s3:PutObject on its objects, and s3:ListBucket on the bucket',
);

/** What servers refuse, by the code they give. */
const refusals: Readonly<Record<string, Explanation>> = {
  AccessDenied: noAccess,
  AuthorizationHeaderMalformed: wrongPlace,
  BadDigest: { ...failed('the value was changed on its way: try again'), retryable: true },
  EntityTooLarge: { ...failed('it takes no object as large as the value'), code: 'AIWORK_LIMIT_EXCEEDED' },
  ExpiredToken: {
    ...failed('the credentials have ended: give a function that fetches new ones'),
    retryable: true,
  },
  InvalidAccessKeyId: wrongKeys,
  InvalidToken: wrongKeys,
  NoSuchBucket: failed('there is no such bucket: create it, or correct its name'),
  NotImplemented: failed('the server does not know a request that this cache needs'),
  PermanentRedirect: wrongPlace,
  RequestTimeTooSkewed: failed('the clock of this machine is wrong: set it'),
  RequestTimeout: busy,
  ServiceUnavailable: busy,
  SignatureDoesNotMatch: wrongKeys,
  SlowDown: busy,
  TooManyRequests: busy,
  XAmzContentSHA256Mismatch: { ...failed('the value was changed on its way: try again'), retryable: true },
};

/** Where there is no code, as in answers to HEAD. */
const byStatus: Readonly<Record<number, Explanation>> = {
  301: wrongPlace,
  307: wrongPlace,
  401: wrongKeys,
  403: noAccess,
  413: { ...failed('it takes no object as large as the value'), code: 'AIWORK_LIMIT_EXCEEDED' },
  429: busy,
  503: busy,
};

/** What the bucket answered instead of doing it. */
export function refusedBy(
  where: string,
  what: string,
  status: number,
  headers: Headers,
  body: Uint8Array | undefined,
): AiworkError {
  const { code, message } = told(body);
  const known = (code === undefined ? undefined : refusals[code]) ?? byStatus[status];
  const advice = known ? `: ${known.advice}` : '';
  const said = [`status ${status}`, code, message].filter(Boolean).join(', ');
  const requestId = headers.get('x-amz-request-id');
  const retryAfterMs = readRetryAfterMs(headers);
  return new AiworkError(
    known?.code ?? 'AIWORK_STORE_FAILED',
    `${where} did not ${what}${advice} (${said})`,
    {
      retryable: known?.retryable ?? status >= 500,
      outcome: known || status < 500 ? 'not-applied' : 'unknown',
      ...(requestId && { requestId }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  );
}

const maxShownLength = 300;

/** The code and the message of an error, of which the rest may hold parts of the signature. */
function told(body: Uint8Array | undefined): { readonly code?: string; readonly message?: string } {
  const text = new TextDecoder().decode(body);
  const code = /<Code>(\w{1,100})<\/Code>/.exec(text)?.[1];
  const message = /<Message>([^<]+)<\/Message>/.exec(text)?.[1]?.slice(0, maxShownLength);
  return { ...(code && { code }), ...(message && { message }) };
}

/** Whether what is not there is the bucket. */
export const isNoBucket = (body: Uint8Array | undefined) => told(body).code === 'NoSuchBucket';

/** Found out before a request is sent. */
const beforeSending = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;

/** What fetch says is that it failed; why, is its cause. */
function reasonOf(error: unknown): { readonly message: string; readonly code: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return { message: (cause instanceof Error && cause.message) || code || String(cause), code };
}

/** Whether there was no connection, so that nothing was sent. */
export function isUnreachable(error: unknown): boolean {
  const { code } = reasonOf(error);
  return beforeSending.test(code) || isUntrustedCertificate(code);
}

/** `why`: an error of the connection, or in words how long nobody answered. */
export function noAnswer(where: string, what: string, why: unknown, outcome: Outcome): AiworkError {
  const effect = outcome === 'unknown' ? ': whether it was done is not known' : '';
  if (typeof why === 'string') {
    const message = `${where} did not ${what} ${why}${effect}`;
    return new AiworkError('AIWORK_STORE_FAILED', message, { retryable: true, outcome });
  }
  const { message, code } = reasonOf(why);
  const advice = isUntrustedCertificate(code)
    ? ': its certificate is not accepted, check who signed it by NODE_EXTRA_CA_CERTS'
    : isUnreachable(why)
      ? ': check that it runs and that the endpoint is right'
      : effect;
  return new AiworkError(
    'AIWORK_STORE_FAILED',
    `${where} could not be asked to ${what}${advice} (${message})`,
    {
      retryable: !isUntrustedCertificate(code),
      outcome,
    },
  );
}

/** An object that a cache with larger values wrote. */
export function tooLarge(where: string, maxValueBytes: number): AiworkError {
  return new AiworkError(
    'AIWORK_LIMIT_EXCEEDED',
    `${where} has a value of more than maxValueBytes (${maxValueBytes}): open the cache with a larger one`,
    { outcome: 'not-applied' },
  );
}
