import type { Command } from 'ioredis';

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

/** A command that has no reply yet. */
export interface Call {
  readonly command: Pick<Command, 'reject'>;
  /** By `performance.now()`, as is `sentAt`. */
  readonly deadline: number;
  readonly sentAt: number;
  /** How many had been answered when it was sent. */
  readonly answersBefore: number;
  readonly signal: AbortSignal | undefined;
}

/** What was sent and has no reply yet. */
export interface InFlight {
  isEmpty(): boolean;
  /**
   * Rejects the command with a {@link LostReplyError} when it is not ended by its deadline, when the connection breaks, or
   * soon after `signal` aborts.
   */
  begin(command: Call['command'], deadline: number, signal: AbortSignal | undefined): Call;
  /** Its promise is settled. */
  end(call: Call): void;
  /** The connection is gone, and with it every reply. */
  fail(reason: string): void;
  close(): void;
}

/**
 * ioredis never settles what was in flight when a connection broke and is not sent again (redis/ioredis#2193), and a timer
 * and a listener for each call would cost more than the call: one timer looks at all of them, 20 times in `timeoutMs`.
 *
 * `onSilence` is called when a call was in vain and nothing else was answered meanwhile.
 */
export function createInFlight(timeoutMs: number, onSilence: () => void): InFlight {
  const calls = new Set<Call>();
  const lookEveryMs = Math.max(1, timeoutMs / 20);
  let answers = 0;
  let timer: NodeJS.Timeout | undefined;
  let reading: NodeJS.Immediate | undefined;

  function giveUp(call: Call, reason: string): void {
    calls.delete(call);
    call.command.reject(new LostReplyError(reason, true));
  }

  /** Timers come before sockets: after a long computation, replies that have arrived are read before anyone looks. */
  function lookLater(): NodeJS.Timeout {
    return setTimeout(() => {
      reading = setImmediate(look);
    }, lookEveryMs);
  }

  function look(): void {
    timer = undefined;
    const now = performance.now();
    let silent = false;
    for (const call of calls) {
      if (call.signal?.aborted) {
        giveUp(call, 'the call was aborted before the reply');
      } else if (call.deadline <= now) {
        // One that had to wait for the connection may have been sent just now.
        silent ||= call.answersBefore === answers && now - call.sentAt > timeoutMs / 2;
        giveUp(call, `gave no reply in ${timeoutMs} ms`);
      }
    }
    if (silent) onSilence();
    if (calls.size > 0) timer = lookLater();
  }

  function fail(reason: string): void {
    for (const call of calls) giveUp(call, reason);
  }

  return {
    isEmpty: () => calls.size === 0,
    begin(command, deadline, signal) {
      const call = { command, deadline, sentAt: performance.now(), answersBefore: answers, signal };
      calls.add(call);
      timer ??= lookLater();
      return call;
    },
    end(call) {
      if (calls.delete(call)) answers += 1;
    },
    fail,
    close() {
      clearTimeout(timer);
      clearImmediate(reading);
      fail('the connection was closed');
    },
  };
}

/** What ioredis says of a request that it did not write, as its offline queue is off. */
const notWritten = "Stream isn't writeable and enableOfflineQueue options is false";

/** What is not the server's answer came instead of one. */
export function toLostReply(error: unknown): unknown {
  if (!(error instanceof Error) || error.name === 'ReplyError' || error instanceof LostReplyError)
    return error;
  return new LostReplyError(`got no reply: ${error.message}`, error.message !== notWritten);
}
