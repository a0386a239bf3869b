import { AiworkError } from '@aiwork/core';
import type { CallContext, Source } from '../layer.ts';
import { linkAbort } from '../linked-abort.ts';
import { open } from '../opening.ts';

/** How a call ended; with `error`, it failed. */
export type CallResult = { readonly error?: unknown };

/** Makes a copy of a call until its first output, on its own: whoever made the call does not wait for it. Never rejects. */
export async function shadowProbe<Input, Item>(
  inner: Source<Input, Item>,
  input: Input,
  context: CallContext<Input, Item>,
  timeoutMs: number,
): Promise<CallResult> {
  // Not that of the call, which may be over before.
  const link = linkAbort(new AbortController().signal);
  const stop = context.clock.setTimer(timeoutMs, () =>
    link.abort(
      new AiworkError('AIWORK_CALL_TIMEOUT', `the probe began no answer within ${timeoutMs} ms`, {
        retryable: true,
      }),
    ),
  );
  const detached = { ...context, deadlineAt: Number.POSITIVE_INFINITY, signal: link.signal };
  try {
    const opened = await open(inner, input, detached, link);
    opened.discard(new AiworkError('AIWORK_CANCELLED', 'the probe has its answer'));
    return {};
  } catch (error) {
    return { error };
  } finally {
    stop();
  }
}
