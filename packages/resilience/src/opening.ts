import type { CallContext, Source } from './layer.ts';
import { type LinkedAbort, linkAbort } from './linked-abort.ts';

/** An answer that has begun: nothing of it was given yet, and from here on it cannot be had again unseen. */
export interface Opened<Item> {
  /** Gives it, once. */
  flow(): AsyncIterable<Item>;
  /** Wants no more of it. Waits for nothing. */
  discard(reason: unknown): void;
}

/**
 * Asks, and holds back what comes until the first output, or the end. What fails until then was seen by nobody; what fails
 * afterwards is thrown by `flow`.
 */
export async function open<Input, Item>(
  source: Source<Input, Item>,
  input: Input,
  context: CallContext<Input, Item>,
  link: LinkedAbort = linkAbort(context.signal),
): Promise<Opened<Item>> {
  const items = source(input, { ...context, signal: link.signal })[Symbol.asyncIterator]();
  const held: Item[] = [];
  let over = false;
  try {
    while (!over) {
      const next = await items.next();
      if (next.done) over = true;
      else {
        held.push(next.value);
        if (context.isOutput(next.value)) break;
      }
    }
  } catch (error) {
    link.release();
    throw error;
  }

  async function* flow(): AsyncGenerator<Item> {
    try {
      yield* held;
      while (!over) {
        const next = await items.next();
        if (next.done) over = true;
        else yield next.value;
      }
    } finally {
      link.release();
      if (!over) await items.return?.();
    }
  }

  return {
    flow,
    discard(reason) {
      link.abort(reason);
      link.release();
      // Nobody is left to tell of a failure.
      Promise.resolve(items.return?.()).catch(() => {});
    },
  };
}
