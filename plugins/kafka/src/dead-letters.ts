import { setTimeout as delay } from 'node:timers/promises';
import type { DeadLetter, DeadLetterQuery, Page, RunError } from '@aiwork/core';
import { checkSignal, invalidArgument } from '@aiwork/core/adapter-kit';
import { bounded } from './bounded.ts';
import type { StoredRecord } from './driver/driver.ts';
import { checkName, toJob } from './job-record.ts';
import type { KafkaParts } from './kafka-parts.ts';
import { headerNames } from './record-headers.ts';

/** What groups gave up. Letters are named by their offsets; which of them were put back is kept in a topic beside theirs. */
export interface DeadLetters {
  list(queue: string, group: string, query: DeadLetterQuery): Promise<Page<DeadLetter>>;
  redrive(
    queue: string,
    group: string,
    ids: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<number>;
  count(queue: string, group: string): Promise<number>;
}

export function createDeadLetters(parts: KafkaParts): DeadLetters {
  const { where, settings, driver, names, topics } = parts;

  /** What lies in the only partition of a topic, which may be missing. */
  async function rangeOf(topic: string) {
    const [range] = (await topics.has(topic)) ? await driver.rangesOf(topic) : [];
    return range ?? { low: 0, high: 0 };
  }

  async function redrivenIds(queue: string, group: string): Promise<ReadonlySet<number>> {
    const topic = names.redrivenOf(queue, group);
    const { low, high } = await rangeOf(topic);
    const marks = await driver.read(topic, low, high);
    return new Set(marks.map(({ value }) => Number(value.toString())));
  }

  const question = (what: string, signal: AbortSignal | undefined) => ({
    where,
    what,
    timeoutMs: settings.callTimeoutMs,
    signal,
  });

  return {
    async list(queue, group, { cursor, limit = 100, signal }) {
      checkNames(queue, group);
      if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
        throw invalidArgument(`limit is ${limit}: give a whole number from 1 to 1000`);
      if (cursor !== undefined && !/^\d{1,15}$/.test(cursor))
        throw invalidArgument(`cursor is ${JSON.stringify(cursor)}: give one of a page before`);
      return bounded(question(`list the dead letters of queue ${queue}`, signal), async () => {
        const topic = names.deadLettersOf(queue, group);
        const { low, high } = await rangeOf(topic);
        const redriven = await redrivenIds(queue, group);
        const records = await driver.read(topic, Math.max(low, Number(cursor ?? 0)), high);
        const left = records.filter(({ offset }) => !redriven.has(offset));
        const items = left.slice(0, limit).map((record) => toDeadLetter(record, topic));
        const next = left[limit];
        return next ? { items, cursor: String(next.offset) } : { items };
      });
    },

    async redrive(queue, group, ids, signal) {
      checkNames(queue, group);
      const wanted = new Set(ids.filter((id) => /^\d{1,15}$/.test(id)).map(Number));
      const letters = await bounded(question(`read the dead letters of queue ${queue}`, signal), async () => {
        const deadTopic = names.deadLettersOf(queue, group);
        const { low, high } = await rangeOf(deadTopic);
        const first = Math.max(low, Math.min(...wanted));
        const records = await driver.read(deadTopic, first, Math.min(high, Math.max(...wanted) + 1));
        return records.filter(({ offset }) => wanted.has(offset));
      });
      if (letters.length === 0) return 0;
      await topics.require([names.redrivenOf(queue, group)], 'letters', signal);
      checkSignal(signal);
      return putBack(queue, group, letters);
    },

    async count(queue, group) {
      const { low, high } = await rangeOf(names.deadLettersOf(queue, group));
      if (low === high) return 0;
      const redriven = await redrivenIds(queue, group);
      return high - low - [...redriven].filter((offset) => offset >= low).length;
    },
  };

  /** Letters, and that they were put back, are stored together, and by one at a time. */
  async function putBack(queue: string, group: string, letters: readonly StoredRecord[]): Promise<number> {
    const [topic, redrivenTopic] = [names.tasksOf(queue), names.redrivenOf(queue, group)];
    const deadline = performance.now() + settings.callTimeoutMs;
    const what = `put back dead letters of queue ${queue}`;
    for (;;) {
      let left: readonly StoredRecord[] = [];
      try {
        await bounded({ ...question(what, undefined), outcome: 'unknown' }, () =>
          driver.inTransaction(redrivenTopic, async () => {
            const redriven = await redrivenIds(queue, group);
            left = letters.filter(({ offset }) => !redriven.has(offset));
            return left.flatMap((letter) => [
              { ...letter, topic, headers: headersOf(letter, group) },
              { topic: redrivenTopic, key: undefined, value: Buffer.from(`${letter.offset}`), headers: {} },
            ]);
          }),
        );
        return left.length;
      } catch (error) {
        if (!driver.isOvertaken(error) || performance.now() > deadline) throw error;
        await delay(50 + Math.random() * 200);
      }
    }
  }
}

function checkNames(queue: string, group: string): void {
  checkName(queue, 'the queue');
  checkName(group, 'the group');
}

function toDeadLetter(record: StoredRecord, topic: string): DeadLetter {
  const { offset, headers, sentAt } = record;
  return {
    id: String(offset),
    job: toJob(record, topic),
    error: errorIn(headers[headerNames.error]),
    deliveries: Number(headers[headerNames.deliveries] ?? 0),
    deadAt: sentAt,
  };
}

function errorIn(text: string | undefined): RunError {
  const unknown = { name: 'Error', message: 'what was thrown is not known', retryable: false };
  try {
    const error: unknown = JSON.parse(text ?? '');
    return isRunError(error) ? error : unknown;
  } catch {
    return unknown;
  }
}

const isRunError = (value: unknown): value is RunError =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  'message' in value &&
  'retryable' in value;

/** The headers it had before it was given up, for this group alone. */
function headersOf({ headers }: StoredRecord, group: string): Record<string, string> {
  const { error, deliveries, offset, notBefore, onlyGroup } = headerNames;
  const dropped: readonly string[] = [error, deliveries, offset, notBefore];
  const kept = Object.entries(headers).filter(([name]) => !dropped.includes(name));
  return { ...Object.fromEntries(kept), [onlyGroup]: group };
}
