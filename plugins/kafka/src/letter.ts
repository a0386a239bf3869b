import type { RunError } from '@aiwork/core';
import type { StoredRecord } from './driver/driver.ts';
import { headerNames, idempotencyKeyOf } from './record-headers.ts';

/** A record that a group gave up, and why. */
export interface Letter {
  readonly id: string;
  readonly record: StoredRecord;
  readonly error: RunError;
  readonly deliveries: number;
  /** In milliseconds since the Unix epoch. */
  readonly deadAt: number;
}

/** Whether it may name a letter: its offset. */
export const isLetterId = (text: string): boolean => /^\d{1,15}$/.test(text);

export function toLetter(record: StoredRecord): Letter {
  const { offset, headers, sentAt } = record;
  return {
    id: String(offset),
    record,
    error: errorIn(headers[headerNames.error]),
    deliveries: Number(headers[headerNames.deliveries] ?? 0),
    deadAt: sentAt,
  };
}

/** The record as it was before it was given up, for this group alone. */
export function withoutDeath(letter: StoredRecord, group: string): StoredRecord {
  const { error, deliveries, offset, notBefore, onlyGroup, idempotencyKey } = headerNames;
  const dropped: readonly string[] = [error, deliveries, offset, notBefore];
  const kept = Object.entries(letter.headers).filter(([name]) => !dropped.includes(name));
  const added = { [onlyGroup]: group, [idempotencyKey]: idempotencyKeyOf(letter) };
  return { ...letter, headers: { ...Object.fromEntries(kept), ...added } };
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
  typeof value.name === 'string' &&
  'message' in value &&
  typeof value.message === 'string' &&
  'retryable' in value;
