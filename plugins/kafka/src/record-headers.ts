import { createHash } from 'node:crypto';
import type { StoredRecord } from './driver/driver.ts';

/** Names of the headers that records have. Those of others' (`traceparent`, `tracestate`) are named as they name them. */
export const headerNames = {
  notBefore: 'aiwork-not-before',
  /** Only this group is to work on it: it was put back from its dead letters. */
  onlyGroup: 'aiwork-group',
  idempotencyKey: 'idempotency-key',
  contentType: 'content-type',
  attempt: 'aiwork-attempt',
  /** Of a dead letter: what the last handler threw, as JSON. */
  error: 'aiwork-error',
  /** Of a dead letter: how often it was handed out. */
  deliveries: 'aiwork-deliveries',
  /** Of a dead letter: where it was, in the partition that its key lies in. */
  offset: 'aiwork-offset',
  /** Of the mark that a dead letter was put back: the call that did it. */
  redrive: 'aiwork-redrive',
} as const;

/** A time in milliseconds since the Unix epoch; 0 where there is none. */
export function timeIn(headers: Readonly<Record<string, string>>): number {
  const time = Number(headers[headerNames.notBefore]);
  return Number.isFinite(time) ? time : 0;
}

/**
 * What a handler knows a task by. Of what others produced without a key, where it lay and what is in it, so that it stays
 * the same when it is handed out again, given up and put back.
 */
export function idempotencyKeyOf({ key = '', value, headers, offset }: StoredRecord): string {
  const given = headers[headerNames.idempotencyKey];
  if (given !== undefined) return given;
  const digest = createHash('sha256').update(`${key}\0`).update(value).digest('base64url');
  return `${headers[headerNames.offset] ?? offset}-${digest}`;
}
