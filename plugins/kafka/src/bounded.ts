import { checkSignal } from '@aiwork/core/adapter-kit';
import { kafkaFailed, kafkaSilent } from './kafka-errors.ts';

export interface Question {
  /** Names Kafka in errors. */
  readonly where: string;
  /** What is asked for, as errors name it. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** What is certain when it fails. Default `not-applied`. */
  readonly outcome?: 'not-applied' | 'unknown';
}

/** Asks, and ends in time. `over` aborts when nobody waits for the answer any more. */
export async function bounded<T>(
  { where, what, timeoutMs, signal, outcome = 'not-applied' }: Question,
  ask: (over: AbortSignal) => Promise<T>,
): Promise<T> {
  checkSignal(signal);
  const end = Promise.withResolvers<never>();
  const over = new AbortController();
  const timer = setTimeout(() => end.reject(kafkaSilent(where, what, timeoutMs, outcome)), timeoutMs);
  const onAbort = () => {
    try {
      checkSignal(signal);
    } catch (error) {
      end.reject(error);
    }
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([ask(over.signal), end.promise]);
  } catch (error) {
    throw kafkaFailed(where, what, error, outcome);
  } finally {
    over.abort();
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
