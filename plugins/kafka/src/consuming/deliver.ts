import { setTimeout as delay } from 'node:timers/promises';
import { AiworkError, hasCode, toRunError } from '@aiwork/core';
import type { OutgoingRecord, StoredRecord } from '../driver/driver.ts';
import { headerNames } from '../record-headers.ts';
import type { Verdict } from './consume-topic.ts';

export interface DeliverOptions {
  readonly group: string;
  readonly maxDeliveries: number;
  readonly retryDelay: { readonly firstMs: number; readonly maxMs: number };
  /** Rejects to give the record back; with a refusal of what can never be worked on, to give it up at once. */
  work(record: StoredRecord, count: number, signal: AbortSignal): Promise<void>;
  readonly deadLetterTopic: string;
  send(records: readonly OutgoingRecord[]): Promise<void>;
  retried(error: unknown, count: number): void;
  deadLettered(error: unknown): void;
  /** There is no dead letter yet, which is tried again. */
  unburied(error: unknown): void;
}

/** Of the error in a dead letter; `beside` a task that leaves no room for more. */
const longestErrorChars = { usual: 4096, beside: 100 };

/** What no handler can do anything about: a payload that cannot be read, or is not what was agreed on. */
export class UnworkableError extends Error {
  override readonly name = 'UnworkableError';
}

/** What could not even be begun with, as its worker ends: the record is given back as if it had not been handed out. */
export class PostponedError extends Error {
  override readonly name = 'PostponedError';
}

/**
 * Hands a record to its handler; what was given back too often goes to the dead letters, and is settled only when it is
 * there.
 */
export async function deliver(
  options: DeliverOptions,
  record: StoredRecord,
  count: number,
  signal: AbortSignal,
): Promise<Verdict> {
  const { group, maxDeliveries, retryDelay, work, retried } = options;
  const onlyGroup = record.headers[headerNames.onlyGroup];
  if (onlyGroup !== undefined && onlyGroup !== group) return { kind: 'settled' };
  // Its last deliveries ended with their workers, or it would be a dead letter already.
  if (count > maxDeliveries) return giveUp(options, record, count - 1, lostWithWorkers(count - 1), signal);
  try {
    await work(record, count, signal);
    return { kind: 'settled' };
  } catch (error) {
    if (signal.aborted) return { kind: 'settled' };
    const inMs = Math.min(retryDelay.firstMs * 2 ** (count - 1), retryDelay.maxMs);
    if (error instanceof PostponedError) return { kind: 'postponed', inMs };
    const unworkable = error instanceof UnworkableError;
    if (count < maxDeliveries && !unworkable) {
      retried(error, count);
      return { kind: 'again', inMs };
    }
    const reason = unworkable ? error.cause : error;
    return giveUp(options, record, count, reason, signal);
  }
}

const lostWithWorkers = (count: number) =>
  new AiworkError(
    'AIWORK_LEASE_LOST',
    `the task was handed out ${count} times, and worked on alone when its last worker was lost: see what ended that process`,
  );

async function giveUp(
  options: DeliverOptions,
  record: StoredRecord,
  count: number,
  reason: unknown,
  lost: AbortSignal,
): Promise<Verdict> {
  await bury(
    options,
    (longest) => toDeadLetter(options.deadLetterTopic, record, count, errorText(reason, longest)),
    reason,
    lost,
  );
  return { kind: 'settled' };
}

/** Tries until there is a dead letter: the record is not handed out again, and not settled either. */
async function bury(
  { send, deadLettered, unburied, retryDelay }: DeliverOptions,
  letterOf: (longestErrorChars: number) => OutgoingRecord,
  error: unknown,
  lost: AbortSignal,
): Promise<void> {
  let longest = longestErrorChars.usual;
  for (let waitMs = retryDelay.firstMs; !lost.aborted; waitMs = Math.min(waitMs * 2, retryDelay.maxMs)) {
    try {
      await send([letterOf(longest)]);
      deadLettered(error);
      return;
    } catch (failure) {
      // The task takes all the room that its topic has for one.
      if (hasCode(failure, 'AIWORK_LIMIT_EXCEEDED') && longest !== longestErrorChars.beside)
        longest = longestErrorChars.beside;
      else unburied(failure);
      await delay(waitMs, undefined, { signal: lost }).catch(() => {});
    }
  }
}

/** The record as it was, with what became of it in headers. */
function toDeadLetter(topic: string, record: StoredRecord, count: number, error: string): OutgoingRecord {
  const { key, value, headers } = record;
  return {
    topic,
    key,
    value,
    headers: {
      ...headers,
      [headerNames.error]: error,
      [headerNames.deliveries]: String(count),
      [headerNames.offset]: String(record.offset),
    },
  };
}

/** A header is no place for long texts: what does not fit goes without its stack and causes. */
function errorText(error: unknown, longest: number): string {
  const whole = toRunError(error);
  const text = JSON.stringify(whole);
  if (text.length <= longest) return text;
  const { name, message, retryable, code } = whole;
  return JSON.stringify({ name, message: message.slice(0, longest / 2), retryable, ...(code && { code }) });
}
