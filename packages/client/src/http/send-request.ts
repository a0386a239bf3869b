import { ClientError } from '../client-error.ts';
import type { Settings } from '../client-options.ts';
import { refusalOf } from './refusal.ts';
import { nameOf, type ServerRequest } from './request.ts';

/**
 * Sends a request once.
 *
 * @throws {@link ClientError} when there is no answer, or it is a refusal; the reason of `signal` when that aborts.
 */
export async function sendRequest(
  settings: Settings,
  request: ServerRequest,
  signal: AbortSignal,
): Promise<Response> {
  const { method, path, body, headers, idempotencyKey } = request;
  const authorization = await settings.authorization();
  const response = await reach(settings, request, signal, () =>
    settings.fetch(`${settings.url}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        ...authorization,
        ...headers,
      },
      ...(body !== undefined && { body: toJson(body, request) }),
      // A token does not follow to wherever a server says.
      redirect: 'manual',
      signal,
    }),
  );
  if (response.ok) return response;
  throw await reach(settings, request, signal, () => refusalOf(response, nameOf(request)));
}

/** What `work` gives; an error of the network as one of ours. */
export async function reach<T>(
  { url }: Settings,
  request: ServerRequest,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (ClientError.isInstance(error)) throw error;
    throw new ClientError(
      'AIWORK_SERVER_UNAVAILABLE',
      `${nameOf(request)} did not reach ${url}, or its answer was lost: ${reasonOf(error)}`,
      { retryable: true, outcome: 'unknown' },
    );
  }
}

/** What fetch says is that it failed; why, is further down. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `${cause instanceof Error ? cause.message : String(cause)}${code}`;
}

function toJson(body: unknown, request: ServerRequest): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new ClientError(
      'AIWORK_NOT_SERIALIZABLE',
      `what was given to ${nameOf(request)} cannot be written as JSON: ${reasonOf(cause)}`,
      { cause, outcome: 'not-applied' },
    );
  }
}
