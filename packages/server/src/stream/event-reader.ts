import type { EventBatch } from './event-batch.ts';

/** One of those who are sent the events of a run. */
export interface EventReader {
  /** Aborts when it has gone. */
  readonly signal: AbortSignal;
  /** Sends events on; false when it has enough until they are {@link taken}. */
  write(batch: EventBatch): boolean;
  /** Resolves when it can be sent more, or has gone. */
  taken(): Promise<void>;
}
