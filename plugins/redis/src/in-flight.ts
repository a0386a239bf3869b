/** How it ended when there was no reply. */
export class LostReplyError extends Error {
  override readonly name = 'LostReplyError';
  /** `false` when the request certainly never left this process. */
  readonly sent: boolean;

  constructor(message: string, sent: boolean) {
    super(message);
    this.sent = sent;
  }
}

interface Call {
  /** By `performance.now()`. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
  readonly reject: (error: LostReplyError) => void;
}

/** What was sent and has no reply yet. */
export interface InFlight {
  /**
   * Settles as `reply` does, or rejects with a {@link LostReplyError} at the deadline, when the connection breaks or soon
   * after `signal` aborts.
   */
  track(reply: Promise<unknown>, deadline: number, signal: AbortSignal | undefined): Promise<unknown>;
  /** The connection is gone, and with it every reply. */
  fail(reason: string): void;
  close(): void;
}

/** What ioredis says of a request that it did not write, as its offline queue is off. */
const notWritten = "Stream isn't writeable and enableOfflineQueue options is false";

/**
 * ioredis never settles what was in flight when a connection broke and is not sent again (redis/ioredis#2193), and a timer
 * and a listener for each call would cost more than the call: one timer looks at all of them, 20 times in `timeoutMs`.
 */
export function createInFlight(timeoutMs: number): InFlight {
  const calls = new Set<Call>();
  const lookEveryMs = Math.max(1, timeoutMs / 20);
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    timer = undefined;
    const now = performance.now();
    for (const call of calls) {
      if (call.signal?.aborted)
        call.reject(new LostReplyError('the call was aborted before the reply', true));
      else if (call.deadline <= now)
        call.reject(new LostReplyError(`gave no reply in ${timeoutMs} ms`, true));
    }
    if (calls.size > 0) timer = setTimeout(look, lookEveryMs);
  }

  function fail(reason: string): void {
    for (const call of calls) call.reject(new LostReplyError(reason, true));
  }

  return {
    track(reply, deadline, signal) {
      return new Promise((resolve, reject) => {
        const call: Call = {
          deadline,
          signal,
          reject: (error) => {
            calls.delete(call);
            reject(error);
          },
        };
        calls.add(call);
        timer ??= setTimeout(look, lookEveryMs);
        reply.then(
          (value) => {
            calls.delete(call);
            resolve(value);
          },
          (error: Error) => {
            calls.delete(call);
            reject(toLost(error));
          },
        );
      });
    },
    fail,
    close() {
      clearTimeout(timer);
      fail('the connection was closed');
    },
  };
}

/** What is not the server's answer came instead of one. */
function toLost(error: Error): Error {
  if (error.name === 'ReplyError') return error;
  return new LostReplyError(`got no reply: ${error.message}`, error.message !== notWritten);
}
