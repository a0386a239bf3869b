import type { Append, RunEvent, RunRecord, RunStatus } from '@aiwork/core';
import {
  checkAppend,
  checkBytes,
  checkRunId,
  checkWellFormed,
  invalidArgument,
} from '@aiwork/core/adapter-kit';
import { statuses } from './run-lua.ts';

/** Redis orders by times, and would take texts that are none for something else. */
export function checkMoment(time: unknown, what: string): void {
  if (typeof time === 'number' && Number.isFinite(time)) return;
  throw invalidArgument(`${what} is ${String(time)}: give milliseconds since the Unix epoch`);
}

export function checkStatus(status: RunStatus): void {
  if (statuses.includes(status)) return;
  throw invalidArgument(`status is ${JSON.stringify(status)}: give one of ${statuses.join(', ')}`);
}

export function checkRecord({ id, status, updatedAt, wakeAt }: RunRecord): void {
  checkRunId(id);
  checkStatus(status);
  checkMoment(updatedAt, 'updatedAt');
  if (wakeAt !== undefined) checkMoment(wakeAt, 'wakeAt');
}

export function checkChanges(append: Append): void {
  const { owner, status, wakeAt, events } = append;
  checkAppend(append);
  if (owner !== undefined) checkWellFormed(owner, 'the owner');
  if (status !== undefined) checkStatus(status);
  if (wakeAt !== undefined && wakeAt !== null) checkMoment(wakeAt, 'wakeAt');
  const last = events.at(-1);
  if (last) checkMoment(last.at, `the time of event ${last.seq}`);
}

/** The JSON of each event, none of it larger than allowed. */
export function eventTexts(events: readonly RunEvent[], maxEventBytes: number): readonly string[] {
  return events.map((event) => {
    const text = JSON.stringify(event);
    checkBytes(text, `event ${event.seq} (${event.type})`, 'maxEventBytes', maxEventBytes);
    return text;
  });
}
