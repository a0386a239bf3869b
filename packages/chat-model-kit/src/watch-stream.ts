import { untilAborted } from '@aiwork/core/adapter-kit';

/** @since 0.1.0 */
export interface WatchOptions {
  /** Most milliseconds until the first part, and between two parts. Keep-alive comments are no parts. */
  readonly timeoutMs: number;
  /** Makes the error that is thrown when that was too long. */
  silent(): Error;
  readonly signal: AbortSignal;
}

/**
 * Reads a stream that may fall silent. However the reading ends (with the stream, because `signal` aborts, after too long
 * a silence, or because the reader stops), the signal that `open` was given is aborted then, so that no connection stays.
 * Parts are asked for one by one: a reader that is slow holds up the stream, and its time does not count.
 *
 * @throws the reason of `signal`, what `silent` makes, and what the stream throws.
 * @example
 * ```ts
 * import { watchStream } from '@aiwork/chat-model-kit';
 *
 * async function* count() {
 *   yield 1;
 *   yield 2;
 * }
 * const options = {
 *   timeoutMs: 1000,
 *   silent: () => new Error('no number came'),
 *   signal: new AbortController().signal,
 * };
 * for await (const number of watchStream(async () => count(), options)) console.log(number);
 * // 1
 * // 2
 * ```
 * @since 0.1.0
 */
export async function* watchStream<Part>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<Part>>,
  { timeoutMs, silent, signal }: WatchOptions,
): AsyncGenerator<Part, void> {
  signal.throwIfAborted();
  const ending = new AbortController();
  const stop = () => ending.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });

  async function inTime<T>(work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => ending.abort(silent()), timeoutMs);
    try {
      return await untilAborted(work, ending.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  try {
    const parts = (await inTime(open(ending.signal)))[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await inTime(parts.next());
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    ending.abort();
  }
}
