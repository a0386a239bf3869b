import type { Clock } from '@aiwork/core';
import { untilAborted } from '@aiwork/core/adapter-kit';

/** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
export async function wait(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  let cancel: (() => void) | undefined;
  const passed = new Promise<void>((resolve) => {
    cancel = clock.setTimer(ms, resolve);
  });
  try {
    await untilAborted(passed, signal);
  } finally {
    cancel?.();
  }
}
