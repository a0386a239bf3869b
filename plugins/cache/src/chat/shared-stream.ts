import type { ChatChunk } from '@aiwork/core';
import { untilAborted } from '@aiwork/core/adapter-kit';

/** One stream for several readers: each sees all of it, and it is read as far as the quickest of them asks. */
export interface SharedStream {
  /** All chunks from the first, as one reader sees them. */
  read(signal: AbortSignal): AsyncIterable<ChatChunk>;
}

/**
 * `open` begins the stream with a signal that aborts when its last reader has left it. `onEnd` is told of all chunks once
 * `done` has come, before anyone sees that; `onOver` of the end, however it came.
 */
export function sharedStream(
  open: (signal: AbortSignal) => AsyncIterable<ChatChunk>,
  onEnd: (chunks: readonly ChatChunk[]) => Promise<void>,
  onOver: () => void,
): SharedStream {
  const chunks: ChatChunk[] = [];
  const abort = new AbortController();
  let source: AsyncIterator<ChatChunk> | undefined;
  let next: Promise<boolean> | undefined;
  let isOver = false;
  /** For readers who have not come that far yet. */
  let failure: { readonly error: unknown } | undefined;
  let readers = 0;

  async function advance(): Promise<boolean> {
    try {
      source ??= open(abort.signal)[Symbol.asyncIterator]();
      const { done, value } = await source.next();
      if (done) {
        end();
        return false;
      }
      if (value.type === 'done') {
        await onEnd([...chunks, value]);
        end();
      }
      chunks.push(value);
      return true;
    } catch (error) {
      end();
      failure = { error };
      throw error;
    } finally {
      next = undefined;
    }
  }

  /** Lets go of the source, too: nobody asks it for what comes after its end. */
  function end(): void {
    if (isOver) return;
    isOver = true;
    onOver();
    // Not awaited: a stream that hangs would hold up its readers. Nobody is left to tell of a failure.
    Promise.resolve(source?.return?.()).catch(() => {});
  }

  /** Whether there is a chunk of this number. */
  async function has(index: number, signal: AbortSignal): Promise<boolean> {
    while (index >= chunks.length) {
      if (failure) throw failure.error;
      if (isOver && !next) return false;
      next ??= advance();
      if (!(await untilAborted(next, signal)) && index >= chunks.length) return false;
    }
    return true;
  }

  function leave(): void {
    readers -= 1;
    if (readers > 0 || isOver) return;
    abort.abort(new DOMException('nobody reads it any more', 'AbortError'));
    end();
  }

  return {
    async *read(signal) {
      signal.throwIfAborted();
      readers += 1;
      try {
        for (let index = 0; await has(index, signal); index += 1) yield chunks[index] as ChatChunk;
      } finally {
        leave();
      }
    },
  };
}
