/** What happens to tasks. @since 0.1.0 */
export type KafkaEvent =
  | {
      readonly type: 'rebalanced';
      readonly queue: string;
      readonly group: string;
      readonly partitions: number;
    }
  | {
      readonly type: 'retried';
      readonly queue: string;
      readonly group: string;
      readonly deliveries: number;
      readonly error: unknown;
    }
  | {
      readonly type: 'dead-lettered';
      readonly queue: string;
      readonly group: string;
      readonly error: unknown;
    }
  /** It was given up and there is no dead letter of it, which is tried again: until then it keeps its handler's place. */
  | {
      readonly type: 'unburied';
      readonly queue: string;
      readonly group: string;
      readonly error: unknown;
    }
  /** Workers were lost at its offset: for a while its tasks are handed out alone, to find the one that ends its process. */
  | {
      readonly type: 'suspected';
      readonly queue: string;
      readonly group: string;
      readonly partition: number;
    }
  | { readonly type: 'lost'; readonly queue: string; readonly group: string; readonly inFlight: number }
  | {
      readonly type: 'disconnected';
      readonly queue: string;
      readonly group: string;
      readonly error: unknown;
    };

/** What a worker of one queue and group did and has, since it began. @since 0.1.0 */
export interface KafkaMetrics {
  readonly queue: string;
  readonly group: string;
  /** Partitions it works on. */
  readonly partitions: number;
  /** Tasks in its partitions that are not settled yet, by the last that was heard of their ends. */
  readonly lag: number;
  readonly inFlight: number;
  readonly settled: number;
  readonly retried: number;
  readonly deadLettered: number;
  readonly rebalances: number;
}

/** Tells listeners; what they throw is theirs. */
export interface Observers {
  tell(event: KafkaEvent): void;
  add(listener: (event: KafkaEvent) => void): () => void;
}

export function createObservers(): Observers {
  const listeners = new Set<(event: KafkaEvent) => void>();
  return {
    tell(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
