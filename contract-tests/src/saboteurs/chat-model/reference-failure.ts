import { AiworkError } from '@aiwork/core';

/** How the reference tells of failures. */
export interface FailureRules {
  retryable(status: number, kind: string): boolean;
  code(status: number): `AIWORK_MODEL_${string}`;
  retryAfterMs(value: string | null): number | undefined;
  /** What a message is made of; the key is not to be in it. */
  message(said: string, key: string): string;
}

export const failureRules: FailureRules = {
  retryable: (status, kind) => (status === 200 ? kind === 'server_error' : status === 429 || status >= 500),
  code(status) {
    if (status === 429) return 'AIWORK_MODEL_RATE_LIMITED';
    return status >= 300 && status < 500 ? 'AIWORK_MODEL_REFUSED' : 'AIWORK_MODEL_UNAVAILABLE';
  },
  retryAfterMs(value) {
    if (value === null) return undefined;
    if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
    const date = /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) : Number.NaN;
    return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
  },
  message: (said, key) => said.replaceAll(key, '[redacted]'),
};

interface Failed {
  readonly response: Response;
  readonly said: string;
  readonly kind: string;
  readonly key: string;
}

/** The error for a response that is none, or has an error in it. */
export function failureBy(rules: FailureRules, { response, said, kind, key }: Failed): AiworkError {
  const { status, headers } = response;
  const retryAfterMs = rules.retryAfterMs(headers.get('retry-after'));
  const requestId = headers.get('x-request-id');
  return new AiworkError(rules.code(status), rules.message(`status ${status}: ${said}`, key), {
    retryable: rules.retryable(status, kind),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(requestId !== null && { requestId }),
  });
}
