import { AiworkError, type Job } from '@aiwork/core';
import { checkWellFormed, invalidArgument, limitExceeded } from '@aiwork/core/adapter-kit';
import type { OutgoingRecord, StoredRecord } from './driver/driver.ts';
import { headerNames } from './record-headers.ts';

/** Refuses what is not the name of a queue or a group. */
export function checkName(name: unknown, what: string): asserts name is string {
  if (typeof name === 'string' && /^[A-Za-z0-9._-]{1,200}$/.test(name) && name !== '.' && name !== '..')
    return;
  throw invalidArgument(
    `${what} is ${JSON.stringify(name)}: give 1 to 200 letters, digits, dots, dashes and underscores`,
  );
}

/** A job as it is stored: its JSON, with its key as the key of the record. */
export function toRecord(job: Job, topic: string, maxJobBytes: number): OutgoingRecord {
  checkJob(job);
  const { id, queue, runId, stepId, attempt, priority, key, notBefore } = job;
  const kept = { id, queue, runId, stepId, attempt, priority, key, notBefore };
  const value = Buffer.from(JSON.stringify(kept));
  if (value.byteLength > maxJobBytes)
    throw limitExceeded(`job "${id.slice(0, 80)}"`, value.byteLength, 'maxTaskBytes', maxJobBytes);
  return {
    topic,
    key,
    value,
    headers: {
      [headerNames.attempt]: String(attempt),
      ...(notBefore === undefined ? {} : { [headerNames.notBefore]: String(notBefore) }),
    },
  };
}

function checkJob(job: Job): void {
  checkWellFormed(job.id, 'the id of a job');
  checkName(job.queue, 'the queue of a job');
  checkWellFormed(job.runId, 'the runId of a job');
  checkWellFormed(job.stepId, 'the stepId of a job');
  if (job.key !== undefined) checkWellFormed(job.key, 'the key of a job');
  if (!Number.isSafeInteger(job.attempt) || job.attempt < 1)
    throw invalidArgument(`the attempt of a job is ${job.attempt}: give a whole number of 1 or more`);
  if (!Number.isSafeInteger(job.priority))
    throw invalidArgument(`the priority of a job is ${job.priority}: give a whole number`);
  if (job.notBefore !== undefined && !Number.isFinite(job.notBefore))
    throw invalidArgument(`notBefore of a job is ${job.notBefore}: give milliseconds since the Unix epoch`);
}

/** @throws `AIWORK_CORRUPT_DATA` when the record is no job. */
export function toJob(record: StoredRecord, topic: string): Job {
  const job = jobIn(record);
  if (job) return job;
  throw new AiworkError(
    'AIWORK_CORRUPT_DATA',
    `record ${record.offset} of topic ${topic} is no job: something else writes to this topic`,
  );
}

/** The job that a record is, if it is one. */
export function jobIn({ value }: StoredRecord): Job | undefined {
  try {
    const job: unknown = JSON.parse(value.toString());
    return isJob(job) ? job : undefined;
  } catch {
    return undefined;
  }
}

const isJob = (value: unknown): value is Job =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  typeof value.id === 'string' &&
  'queue' in value &&
  typeof value.queue === 'string' &&
  'runId' in value &&
  typeof value.runId === 'string' &&
  'stepId' in value &&
  typeof value.stepId === 'string' &&
  'attempt' in value &&
  typeof value.attempt === 'number' &&
  'priority' in value &&
  typeof value.priority === 'number';
