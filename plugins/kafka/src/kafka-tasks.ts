import type { Page, TaskQueue } from '@aiwork/core';
import { createCallGate } from '@aiwork/core/adapter-kit';
import { bounded } from './bounded.ts';
import { type DeadTask, type DeadTasksQuery, listDeadTasks, type RedriveTasks } from './dead-tasks.ts';
import { createKafkajsDriver } from './driver/kafkajs-driver.ts';
import type { KafkaParts } from './kafka-parts.ts';
import { createLetterBox } from './letter-box.ts';
import { createObservers, type KafkaEvent, type KafkaMetrics } from './observation.ts';
import { type KafkaOptions, type Settings, settingsOf } from './options.ts';
import {
  type ConsumeTasksOptions,
  consumeTasks,
  type ProduceOptions,
  produceTask,
  type TaskDelivery,
} from './payload-tasks.ts';
import { createOutbox } from './producing/outbox.ts';
import { createKafkaTaskQueue } from './task-queue.ts';
import { topicNames } from './topic-names.ts';
import { createTopics } from './topics.ts';

/** Tasks in one Kafka. @since 0.1.0 */
export interface KafkaTasks extends AsyncDisposable {
  /** Jobs of the engine; what the slot `queue` takes. */
  readonly queue: TaskQueue;
  /**
   * Stores a task with any payload. When it resolves, all replicas in sync have it.
   *
   * @throws `AIWORK_QUEUE_FAILED`, `AIWORK_LIMIT_EXCEEDED`, `AIWORK_INVALID_INPUT` or `AIWORK_CANCELLED`, with an `outcome`.
   */
  produceTask(queue: string, payload: unknown, options?: ProduceOptions): Promise<void>;
  /**
   * Works on tasks until the signal aborts, then waits for those in flight. A handler that returns settles its task; one
   * that throws is handed it again later, before other tasks of its key, and a dead letter is made of it in the end.
   */
  consumeTasks<Payload = unknown>(
    options: ConsumeTasksOptions<Payload>,
    handler: (payload: Payload, task: TaskDelivery) => Promise<void>,
  ): Promise<void>;
  /**
   * What a group gave up and nobody has put back, in the order in which it was given up, with payloads that can be read and
   * those that cannot. Jobs of the engine are among them.
   *
   * @throws `AIWORK_QUEUE_FAILED`, and what the serializer throws when it can only not read for now.
   */
  deadTasks<Payload = unknown>(query: DeadTasksQuery<Payload>): Promise<Page<DeadTask<Payload>>>;
  /**
   * Puts those back, for that group alone, as if they had just been produced; gives how many. Ids of none count as put back
   * before.
   *
   * @throws `AIWORK_QUEUE_FAILED` with an `outcome`; after `unknown`, do it again: none is put back twice.
   */
  redriveTasks(which: RedriveTasks): Promise<number>;
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
 * await tasks.produceTask('mail', { to: 'ada@example.org' }, { key: 'ada' });
 * const done = new AbortController();
 * await tasks.consumeTasks({ queue: 'mail', group: 'senders', signal: done.signal }, async (mail) => {
 *   console.log(mail); // { to: 'ada@example.org' }
 *   done.abort();
 * });
 * ```
 * @since 0.1.0
 */
export async function kafkaTasks(options: KafkaOptions = {}, signal?: AbortSignal): Promise<KafkaTasks> {
  const { parts, close } = partsOf(settingsOf(options));
  const { driver, where, settings, measuring, observers, gate } = parts;
  try {
    const question = { where, what: 'answer', timeoutMs: settings.callTimeoutMs, signal };
    await bounded(question, () => driver.existing([]));
  } catch (error) {
    await close();
    throw error;
  }
  const letters = createLetterBox(parts);
  return {
    queue: { ...createKafkaTaskQueue(parts, letters), close, [Symbol.asyncDispose]: close },
    produceTask: (queue, payload, given = {}) => gate.pass(() => produceTask(parts, queue, payload, given)),
    consumeTasks: (given, handler) => gate.pass(() => consumeTasks(parts, given, handler)),
    deadTasks: (query) => gate.pass(() => listDeadTasks(letters, query)),
    redriveTasks: ({ queue, group, ids, signal }) =>
      gate.pass(() => letters.putBack(queue, group, ids, signal)),
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
