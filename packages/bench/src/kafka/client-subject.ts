import type { Payload } from './task.ts';

/** Where tasks lie. */
export interface Place {
  readonly brokers: readonly string[];
  readonly queue: string;
  /** The topic of the queue; it is there, with as many partitions as tasks are worked on at once. */
  readonly topic: string;
}

export interface ClientSubject {
  /** Gives what stores tasks: all of them are on all replicas in sync, once, when it resolves. */
  producer(place: Place): Promise<Producer>;
  /** Works on all tasks from the first, and commits up to where they are handled. */
  consumer(place: Place, consumption: Consumption): Promise<Consumer>;
}

export interface Producer {
  send(payloads: readonly Payload[]): Promise<unknown>;
  close(): Promise<unknown>;
}

export interface Consumption {
  readonly group: string;
  readonly partitions: number;
  /** Its partitions are its own now. */
  assigned(): void;
  handle(payload: Payload): Promise<void>;
}

export interface Consumer {
  /** Has committed all that was handled when it resolves. */
  close(): Promise<unknown>;
}
