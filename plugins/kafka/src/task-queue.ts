import { AiworkError, type Job, type TaskQueue } from '@aiwork/core';
import { bounded } from './bounded.ts';
import { consumeQueues } from './consuming/consume-queues.ts';
import { settledBehind } from './consuming/custody.ts';
import { UnworkableError } from './consuming/deliver.ts';
import { toDeadLetter } from './dead-letters.ts';
import type { StoredRecord } from './driver/driver.ts';
import { checkName, toJob, toRecord } from './job-record.ts';
import type { KafkaParts } from './kafka-parts.ts';
import type { LetterBox } from './letter-box.ts';
import { store } from './producing/store.ts';

/** Jobs in Kafka: those of a queue are the records of one topic, and its groups are consumer groups. */
export function createKafkaTaskQueue(parts: KafkaParts, letters: LetterBox): TaskQueue {
  const { where, settings, driver, names, topics, gate, measuring } = parts;

  return {
    capabilities: Object.freeze({
      ordering: 'per-key',
      priorities: false,
      redelivers: 'rebalanced',
      maxRedeliveryMs: settings.retryDelay.maxMs + 1000,
      leases: false,
      deadLetters: Object.freeze({ maxDeliveries: settings.maxDeliveries }),
      delayed: Object.freeze({ granularityMs: 1, maxLateMs: 1000 }),
      depth: 'approximate',
      durability: 'service-restart',
      maxJobBytes: settings.maxTaskBytes,
    }),

    enqueue(jobs, { signal } = {}) {
      return gate.pass(async () => {
        const records = jobs.map((job) => toRecord(job, names.tasksOf(job.queue), settings.maxTaskBytes));
        await store(parts, records, 'tasks', signal);
      });
    },

    consume({ queues, group, concurrency, signal }, handler) {
      return gate.pass(() =>
        consumeQueues(parts, {
          queues,
          group,
          concurrency,
          signal,
          async work(record, queue, _count, lost) {
            const control = {
              signal: lost,
              async heartbeat() {
                if (lost.aborted)
                  throw new AiworkError('AIWORK_LEASE_LOST', 'the job went to another worker');
              },
            };
            await handler(readJob(record, names.tasksOf(queue)), control);
          },
        }),
      );
    },

    depth(queue, group, { signal } = {}) {
      return gate.pass(async () => {
        checkName(queue, 'the queue');
        checkName(group, 'the group');
        const question = {
          where,
          what: `tell the depth of queue ${queue}`,
          timeoutMs: settings.callTimeoutMs,
          signal,
        };
        return bounded(question, async (over) => {
          const topic = names.tasksOf(queue);
          const unsettled = (await topics.has(topic)) ? await behind(topic, names.groupOf(queue, group)) : 0;
          const here = [...measuring].map((measure) => measure());
          const mine = here.filter((each) => each.queue === queue && each.group === group);
          const inFlight = mine.reduce((sum, each) => sum + each.inFlight, 0);
          return {
            waiting: Math.max(0, unsettled - inFlight),
            inFlight,
            deadLettered: await letters.count(queue, group, over),
          };
        });
      });
    },

    deadLetters: (queue, group, query = {}) =>
      gate.pass(() => letters.list(queue, group, query, toDeadLetter)),

    redrive: (queue, group, ids, { signal } = {}) =>
      gate.pass(() => letters.putBack(queue, group, ids, signal)),

    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };

  async function behind(topic: string, group: string): Promise<number> {
    const ranges = await driver.rangesOf(topic);
    const committed = await driver.committed(topic, group);
    return ranges.reduce((sum, { partition, low, high }) => {
      const { nextOffset, note } = committed.get(partition) ?? { nextOffset: low, note: '' };
      return sum + high - Math.max(low, nextOffset) - settledBehind(note, low);
    }, 0);
  }
}

function readJob(record: StoredRecord, topic: string): Job {
  try {
    return toJob(record, topic);
  } catch (cause) {
    throw new UnworkableError('a record is no job', { cause });
  }
}
