import { isLasting } from '../kafka-errors.ts';
import { untilAborted } from './until-aborted.ts';

export interface Persistence {
  /** Told of every attempt that failed; throws to give up. */
  failed(error: unknown): void;
  readonly signal: AbortSignal;
}

const pauseMs = { first: 250, most: 5000 };

/** Tries until it is done, after pauses that get longer. Gives nothing once the signal aborts. */
export async function persist<T>(
  attempt: () => Promise<T>,
  { failed, signal }: Persistence,
): Promise<T | undefined> {
  for (let waitMs = pauseMs.first; !signal.aborted; waitMs = Math.min(waitMs * 2, pauseMs.most)) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) return undefined;
      failed(error);
    }
    await untilAborted(signal, waitMs);
  }
  return undefined;
}

/** Gives up where no other attempt would do better. */
export function unlessLasting(tell: (error: unknown) => void): Persistence['failed'] {
  return (error) => {
    if (isLasting(error)) throw error;
    tell(error);
  };
}
