import type { DeadLetter } from '@aiwork/core';
import { jobIn } from './job-record.ts';
import type { Letter } from './letter.ts';

/** A letter as queues have them. One that is no job is left out: what nobody can read must not hide the others. */
export function toDeadLetter({ record, ...facts }: Letter): DeadLetter | undefined {
  const job = jobIn(record);
  return job && { ...facts, job };
}
