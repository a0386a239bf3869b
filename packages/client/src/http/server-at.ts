import { ClientError } from '../client-error.ts';
import type { Settings } from '../client-options.ts';
import { backOffMs, pause } from './back-off.ts';
import { within } from './limit.ts';
import { isRepeatable, nameOf, type ServerRequest } from './request.ts';
import { reach, sendRequest } from './send-request.ts';

/** What an answer has to be, as far as this client relies on it. */
export interface Expected<Answer> {
  /** Names it in errors, as in `execution`. */
  readonly what: string;
  is(answer: unknown): answer is Answer;
}

/** A server that was told of. */
export interface Server {
  readonly settings: Settings;
  /**
   * The answer to a request, as JSON. One that may be sent again is, when its answer is lost or the server says that it
   * cannot now: up to five times within the time for a call, each time later, and never before the server asked for it.
   */
  ask<Answer>(request: ServerRequest, expected: Expected<Answer>): Promise<Answer>;
  /** The answer as it comes in, once it begins to. The time for a call ends there; `signal` goes on. */
  open(request: ServerRequest, signal: AbortSignal): Promise<Response>;
}

export function serverAt(settings: Settings): Server {
  const { timeoutMs } = settings;

  async function askOnce(request: ServerRequest, signal: AbortSignal): Promise<unknown> {
    const response = await sendRequest(settings, request, signal);
    const text = await reach(settings, request, signal, () => response.text());
    return asJson(text);
  }

  /** As {@link Server.ask}, with the answer as it is. */
  async function askAgain(request: ServerRequest, signal: AbortSignal): Promise<unknown> {
    const { maxAttempts = 5 } = request;
    const deadline = performance.now() + timeoutMs;
    let maybeApplied = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await askOnce(request, signal);
      } catch (error) {
        if (signal.aborted || !ClientError.isInstance(error)) throw error;
        maybeApplied ||= error.outcome === 'unknown';
        const waitMs = Math.max(backOffMs(attempt), error.retryAfterMs ?? 0);
        const isLast = attempt === maxAttempts || !mayRepeat(request, error);
        // What is known is worth more than that the time is up.
        if (isLast || performance.now() + waitMs >= deadline) throw maybeApplied ? unsure(error) : error;
        await pause(waitMs, signal);
      }
    }
  }

  return {
    settings,
    async ask(request, { what, is }) {
      const limits = { timeoutMs, signal: request.signal, what: nameOf(request) };
      const answer = await within(limits, (signal) => askAgain(request, signal));
      if (is(answer)) return answer;
      throw invalidAnswer(settings, request, what);
    },
    open: (request, signal) => sendRequest(settings, request, signal),
  };
}

/** What is no JSON is nothing that is expected. */
export function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Too many requests were refused before anything was done; of the rest, it is not known. */
function mayRepeat(request: ServerRequest, { retryable, outcome }: ClientError): boolean {
  return retryable && (outcome === 'not-applied' || isRepeatable(request));
}

/** An attempt that was refused says nothing of one before it whose answer was lost. */
function unsure(error: ClientError): ClientError {
  if (error.outcome === 'unknown') return error;
  return new ClientError(error.code, error.message, { ...error, cause: error.cause, outcome: 'unknown' });
}

/** The error of an answer that no server of `@aiwork/server` gives. */
export function invalidAnswer({ url }: Settings, request: ServerRequest, expected: string): ClientError {
  return new ClientError(
    'AIWORK_SERVER_INVALID_ANSWER',
    `the answer to ${nameOf(request)} is no ${expected}: is it @aiwork/server that listens at ${url}?`,
    { outcome: 'unknown' },
  );
}
