import { AiworkError } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { OutgoingRecord, StoredRecord } from '../driver/driver.ts';
import { checkName } from '../job-record.ts';
import { kafkaFailed } from '../kafka-errors.ts';
import type { KafkaParts } from '../kafka-parts.ts';
import { store } from '../producing/store.ts';
import { timeIn } from '../record-headers.ts';
import { consumeTopic, type TopicConsumer } from './consume-topic.ts';
import { deliver } from './deliver.ts';
import { persist, unlessLasting } from './persist.ts';
import { createSlots } from './slots.ts';

export interface QueueConsumption {
  readonly queues: readonly string[];
  readonly group: string;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Rejects to give the record back. */
  work(record: StoredRecord, queue: string, count: number, lost: AbortSignal): Promise<void>;
}

/** Works on queues until the signal aborts or all is closed, and has drained then. */
export async function consumeQueues(parts: KafkaParts, consumption: QueueConsumption): Promise<void> {
  const { queues, group, concurrency, signal } = consumption;
  if (queues.length === 0) throw invalidArgument('queues is empty: name at least one');
  for (const queue of queues) checkName(queue, 'the queue');
  checkName(group, 'the group');
  if (!Number.isSafeInteger(concurrency) || concurrency < 1)
    throw invalidArgument(`concurrency is ${concurrency}: give a whole number of 1 or more`);
  // One that cannot begin ends the others.
  const failing = new AbortController();
  const stop = AbortSignal.any([signal, parts.closing, failing.signal]);
  if (stop.aborted) return;
  const distinct = [...new Set(queues)];
  const slots = createSlots(concurrency, distinct.length);
  const turns = createSlots(1, 1).source();
  turns.ready();
  const working = distinct.map(async (queue) => {
    try {
      await consumeQueue(parts, consumption, queue, { slots: slots.source(), turns }, stop);
    } catch (error) {
      failing.abort();
      throw error;
    }
  });
  const ended = await Promise.allSettled(working);
  const rejected = ended.find((each) => each.status === 'rejected');
  if (rejected && !(signal.aborted || parts.closing.aborted)) throw rejected.reason;
}

async function consumeQueue(
  parts: KafkaParts,
  { group, work }: QueueConsumption,
  queue: string,
  turn: Pick<TopicConsumer, 'slots' | 'turns'>,
  stop: AbortSignal,
): Promise<void> {
  const { where, settings, driver, names, topics, observers, measuring } = parts;
  const topic = names.tasksOf(queue);
  const deadLetterTopic = names.deadLettersOf(queue, group);
  const counts = { settled: 0, retried: 0, deadLettered: 0, rebalances: 0 };
  const about = { queue, group };
  const disconnected = (error: unknown) =>
    observers.tell({ type: 'disconnected', ...about, error: kafkaFailed(where, 'keep a worker', error) });
  await persist(() => topics.require([topic], 'tasks', stop), {
    signal: stop,
    failed: unlessLasting(disconnected),
  });
  if (stop.aborted) return;
  const delivery = {
    group,
    maxDeliveries: settings.maxDeliveries,
    retryDelay: settings.retryDelay,
    deadLetterTopic,
    work: (record: StoredRecord, count: number, lost: AbortSignal) => work(record, queue, count, lost),
    send: (records: readonly OutgoingRecord[]) => store(parts, records, 'letters'),
    retried(error: unknown, deliveries: number) {
      counts.retried += 1;
      observers.tell({ type: 'retried', ...about, deliveries, error });
    },
    deadLettered(error: unknown) {
      counts.deadLettered += 1;
      observers.tell({ type: 'dead-lettered', ...about, error });
    },
    unburied: (error: unknown) => observers.tell({ type: 'unburied', ...about, error }),
  };
  const consumer = consumeTopic(
    {
      driver,
      topic,
      group: names.groupOf(queue, group),
      sessionTimeoutMs: settings.sessionTimeoutMs,
      ...turn,
      notBefore: ({ headers }) => timeIn(headers),
      async handle(record, count, lost) {
        const verdict = await deliver(delivery, record, count, lost);
        if (verdict.kind === 'settled' && !lost.aborted) counts.settled += 1;
        return verdict;
      },
      observer: {
        rebalanced(partitions) {
          counts.rebalances += 1;
          observers.tell({ type: 'rebalanced', ...about, partitions });
        },
        suspected: (partition) => observers.tell({ type: 'suspected', ...about, partition }),
        lost: (inFlight) => observers.tell({ type: 'lost', ...about, inFlight }),
        disconnected,
      },
    },
    stop,
  );
  const measure = () => ({ ...about, ...consumer.state(), ...counts });
  measuring.add(measure);
  try {
    await consumer.work();
  } catch (error) {
    throw AiworkError.isInstance(error)
      ? error
      : kafkaFailed(where, `let a worker into group ${group}`, error);
  } finally {
    measuring.delete(measure);
  }
}
