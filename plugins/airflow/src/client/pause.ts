import { setTimeout as delay } from 'node:timers/promises';
import { AiworkError } from '@aiwork/core';

/** @throws `AIWORK_CANCELLED` with the reason of `signal`; `what` says what is given up. */
export async function pause(ms: number, what: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, { ...(signal && { signal }) });
  } catch {
    throw new AiworkError('AIWORK_CANCELLED', `${what} was cancelled`, { cause: signal?.reason });
  }
}
