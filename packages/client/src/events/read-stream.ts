import type { ExecutionEvent } from '../execution-event.ts';
import { limit, unlessAborted } from '../http/limit.ts';
import { nameOf, type ServerRequest } from '../http/request.ts';
import { reach } from '../http/send-request.ts';
import { asJson, invalidAnswer, type Server } from '../http/server-at.ts';
import { eventStreamParser } from './event-stream-parser.ts';

/**
 * The events of an execution after one, of one connection: as many at once as came in at once, none where the server only
 * showed that it is there.
 * Ends with the stream, whether or not the execution is over.
 *
 * @throws `AIWORK_SERVER_UNAVAILABLE` when it breaks off, or the server says nothing for too long.
 */
export async function* readStream(
  { settings, open }: Server,
  executionId: string,
  after: number,
  callerSignal: AbortSignal,
): AsyncGenerator<readonly ExecutionEvent[], void> {
  const request: ServerRequest = {
    method: 'GET',
    // Pages may send this everywhere, and `Last-Event-ID` not.
    path: `/executions/${encodeURIComponent(executionId)}/events${after === 0 ? '' : `?after=${after}`}`,
    headers: { accept: 'text/event-stream' },
  };
  const { timeoutMs, silenceMs } = settings;
  const { signal, lift, end } = limit({ timeoutMs, signal: callerSignal, what: nameOf(request) });
  try {
    const { body, headers } = await unlessAborted(signal, open(request, signal));
    lift();
    if (!body || !headers.get('content-type')?.startsWith('text/event-stream')) {
      throw invalidAnswer(settings, request, 'event stream');
    }
    yield [];
    // Not every browser can iterate streams.
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const parser = eventStreamParser();
    for (;;) {
      const chunk = await reach(settings, request, signal, () => unlessSilent(reader.read(), silenceMs));
      if (chunk.done) return;
      const messages = parser.push(decoder.decode(chunk.value, { stream: true })).map(asJson);
      if (!messages.every(isEvent)) throw invalidAnswer(settings, request, 'stream of events');
      yield messages;
    }
  } finally {
    end();
  }
}

function isEvent(message: unknown): message is ExecutionEvent {
  const { seq, type } = Object(message);
  return typeof seq === 'number' && typeof type === 'string';
}

/** A connection of which only one side is left looks like one where nothing happens. */
async function unlessSilent<T>(next: Promise<T>, silenceMs: number): Promise<T> {
  const silence = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    silence.reject(new Error(`the server said nothing for ${silenceMs} ms`));
  }, silenceMs);
  try {
    return await Promise.race([next, silence.promise]);
  } finally {
    clearTimeout(timer);
  }
}
