import type { CallGate } from '@aiwork/core/adapter-kit';
import type { KafkaDriver } from './driver/driver.ts';
import type { KafkaMetrics, Observers } from './observation.ts';
import type { Settings } from './options.ts';
import type { Outbox } from './producing/outbox.ts';
import type { TopicNames } from './topic-names.ts';
import type { Topics } from './topics.ts';

/** What all that works over one Kafka is made of. */
export interface KafkaParts {
  /** Names Kafka in errors. */
  readonly where: string;
  readonly settings: Settings;
  readonly driver: KafkaDriver;
  readonly names: TopicNames;
  readonly topics: Topics;
  readonly outbox: Outbox;
  readonly observers: Observers;
  readonly gate: CallGate;
  /** Aborts when it is closed. */
  readonly closing: AbortSignal;
  /** What those who work at this moment tell. */
  readonly measuring: Set<() => KafkaMetrics>;
}
