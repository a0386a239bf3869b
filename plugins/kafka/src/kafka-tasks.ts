import type { TaskQueue } from '@aiwork/core';
import { createCallGate } from '@aiwork/core/adapter-kit';
import { bounded } from './bounded.ts';
import { createKafkajsDriver } from './driver/kafkajs-driver.ts';
import type { KafkaParts } from './kafka-parts.ts';
import { createObservers, type KafkaEvent, type KafkaMetrics } from './observation.ts';
import { type KafkaOptions, type Settings, settingsOf } from './options.ts';
import { createOutbox } from './producing/outbox.ts';
import { createKafkaTaskQueue } from './task-queue.ts';
import { topicNames } from './topic-names.ts';
import { createTopics } from './topics.ts';

/** Tasks in one Kafka. @since 0.1.0 */
export interface KafkaTasks extends AsyncDisposable {
  readonly queue: TaskQueue;
  /** Of each queue and group that is worked on at this moment, by this process. */
  metrics(): readonly KafkaMetrics[];
  /** Sees what happens to tasks in this process. Gives what ends it. */
  observe(listener: (event: KafkaEvent) => void): () => void;
  /** Drains what is worked on, and ends all connections. */
  close(): Promise<void>;
}

/**
 * Tasks in Kafka 2.4 or newer: any number of processes produce them and share the work.
 *
 * What was acknowledged is on all replicas in sync. Tasks of one key are worked on one after the other; a task is settled
 * when its handler returned, and what was not settled is handed out again, here or elsewhere.
 *
 * @throws `AIWORK_QUEUE_FAILED` when no broker answers in time, or it refuses the client.
 * @throws `AIWORK_INVALID_ARGUMENT` when an option has a value that cannot be used.
 * @example
 * ```ts no-run: needs Kafka
 * import { kafkaTasks } from '@aiwork/kafka';
 *
 * await using tasks = await kafkaTasks({ brokers: ['localhost:9092'] });
 * await tasks.queue.enqueue([{ id: 'j1', queue: 'mail', runId: 'r1', stepId: 'send', attempt: 1, priority: 0 }]);
 * console.log(await tasks.queue.depth('mail', 'senders')); // { waiting: 1, inFlight: 0, deadLettered: 0 }
 * ```
 * @since 0.1.0
 */
export async function kafkaTasks(options: KafkaOptions = {}, signal?: AbortSignal): Promise<KafkaTasks> {
  const { parts, close } = partsOf(settingsOf(options));
  const { driver, where, settings, measuring, observers } = parts;
  try {
    const question = { where, what: 'answer', timeoutMs: settings.callTimeoutMs, signal };
    await bounded(question, () => driver.existing([]));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    queue: { ...createKafkaTaskQueue(parts), close, [Symbol.asyncDispose]: close },
    metrics: () => Array.from(measuring, (measure) => measure()),
    observe: (listener) => observers.add(listener),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function partsOf(settings: Settings) {
  const where = `Kafka at ${settings.brokers.join(', ')}`;
  const driver = createKafkajsDriver(settings);
  const { callTimeoutMs } = settings;
  const outbox = createOutbox({ where, callTimeoutMs, openSender: () => driver.openSender() });
  const gate = createCallGate(where, async () => {
    await outbox.close();
    await driver.close();
  });
  const closing = new AbortController();
  const parts: KafkaParts = {
    where,
    settings,
    driver,
    names: topicNames(settings.topicPrefix),
    topics: createTopics(driver, where, settings),
    outbox,
    observers: createObservers(),
    gate,
    closing: closing.signal,
    measuring: new Set(),
  };
  function close(): Promise<void> {
    closing.abort();
    return gate.close();
  }
  return { parts, close };
}
