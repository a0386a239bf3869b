import { AiworkError } from '@aiwork/core';
import { readRetryAfterMs } from '@aiwork/core/adapter-kit';
import type { ClientSettings } from './client-options.ts';

/** What is asked of the server; `path` begins with a slash and holds no secret. */
export interface RestRequest {
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface RestAnswer {
  readonly status: number;
  /** The answer as JSON; its text where it is none. */
  readonly body: unknown;
  readonly retryAfterMs?: number;
}

/**
 * Sends one request and reads its whole answer, in bounded time and of bounded size.
 *
 * @throws `AIWORK_AIRFLOW_UNAVAILABLE` when there is no answer, `AIWORK_CANCELLED` with the reason of `signal`,
 * `AIWORK_LIMIT_EXCEEDED` when the answer is too large.
 */
export async function sendRequest(
  { url, requestTimeoutMs, maxAnswerBytes }: ClientSettings,
  { path, method = 'GET', body, headers, signal }: RestRequest,
): Promise<RestAnswer> {
  const where = `${method} ${path} of ${url}`;
  const deadline = AbortSignal.timeout(requestTimeoutMs);
  try {
    signal?.throwIfAborted();
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // Credentials do not follow to wherever a server says.
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    const text = await readText(response, maxAnswerBytes, where);
    const retryAfterMs = readRetryAfterMs(response.headers);
    return {
      status: response.status,
      body: asJson(text),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  } catch (error) {
    const outcome = method === 'GET' ? undefined : ('unknown' as const);
    if (signal?.aborted) {
      throw new AiworkError('AIWORK_CANCELLED', `${where} was cancelled`, {
        cause: signal.reason,
        ...(outcome && { outcome }),
      });
    }
    if (AiworkError.isInstance(error)) throw error;
    const reason = deadline.aborted
      ? `did not answer within ${requestTimeoutMs} ms`
      : `cannot be reached: ${reasonOf(error)}`;
    throw new AiworkError('AIWORK_AIRFLOW_UNAVAILABLE', `${where} ${reason}`, {
      retryable: true,
      ...(outcome && { outcome }),
    });
  }
}

/** What fetch says is that it failed; why, is further down. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `${cause instanceof Error ? cause.message : String(cause)}${code}`;
}

async function readText(response: Response, maxBytes: number, where: string): Promise<string> {
  if (!response.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new AiworkError(
        'AIWORK_LIMIT_EXCEEDED',
        `the answer to ${where} has more than ${maxBytes} bytes: raise maxAnswerBytes`,
      );
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
