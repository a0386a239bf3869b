import type { ConsumeOptions, Job, TaskQueueCapabilities } from '../adapters/task-queue.ts';
import { UnsupportedCapabilityError } from '../errors.ts';
import { checkBytes, checkWellFormed, invalidArgument } from './argument-checks.ts';

/**
 * Refuses what is not the name of a queue or group: they become topics, keys and labels of metrics, so it is what all of
 * those take.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`, naming `what`.
 * @example
 * ```ts
 * import { checkQueueName } from '@aiwork/core/adapter-kit';
 *
 * checkQueueName('mail.urgent', 'the queue');
 * ```
 * @since 0.1.0
 */
export function checkQueueName(name: unknown, what: string): asserts name is string {
  if (typeof name === 'string' && /^[\w.-]{1,200}$/.test(name) && !/^\.{1,2}$/.test(name)) return;
  throw invalidArgument(`${what} is ${JSON.stringify(name)}: give 1 to 200 letters, digits, ".", "_" or "-"`);
}

/**
 * The job as a queue keeps it: its members and no others, frozen, so that nobody changes it any more.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`, naming the member that makes no sense.
 * @throws `AIWORK_UNSUPPORTED_CAPABILITY` for `notBefore` where nothing can be delayed.
 * @throws `AIWORK_LIMIT_EXCEEDED` when its JSON has more than `maxJobBytes` bytes in UTF-8.
 * @example
 * ```ts
 * import { checkJob } from '@aiwork/core/adapter-kit';
 *
 * const job = { id: 'j1', queue: 'mail', runId: 'r1', stepId: 'send', attempt: 1, priority: 0 };
 * console.log(checkJob(job, { delayed: false, maxJobBytes: 1024 }).id); // j1
 * ```
 * @since 0.1.0
 */
export function checkJob(
  job: Job,
  { delayed, maxJobBytes }: Pick<TaskQueueCapabilities, 'delayed' | 'maxJobBytes'>,
): Job {
  if (typeof job !== 'object' || job === null) throw invalidArgument('a job is no object: give a Job');
  const { id, queue, runId, stepId, attempt, priority, key, notBefore } = job;
  checkWellFormed(id, 'the id of a job');
  checkQueueName(queue, 'the queue of a job');
  checkWellFormed(runId, 'the runId of a job');
  checkWellFormed(stepId, 'the stepId of a job');
  if (key !== undefined) checkWellFormed(key, 'the key of a job');
  if (!Number.isSafeInteger(attempt) || attempt < 1) {
    throw invalidArgument(`the attempt of a job is ${String(attempt)}: give a whole number of 1 or more`);
  }
  if (!Number.isSafeInteger(priority)) {
    throw invalidArgument(`the priority of a job is ${String(priority)}: give a whole number`);
  }
  if (notBefore !== undefined && !Number.isFinite(notBefore)) {
    throw invalidArgument(
      `the notBefore of a job is ${String(notBefore)}: give milliseconds since the Unix epoch`,
    );
  }
  if (notBefore !== undefined && !delayed) {
    throw new UnsupportedCapabilityError('a queue without `delayed` cannot keep a job with notBefore back');
  }
  const kept = Object.freeze({
    id,
    queue,
    runId,
    stepId,
    attempt,
    priority: priority + 0,
    ...(key !== undefined && { key }),
    ...(notBefore !== undefined && { notBefore }),
  });
  if (Number.isFinite(maxJobBytes)) checkBytes(JSON.stringify(kept), 'the job', 'maxJobBytes', maxJobBytes);
  return kept;
}

/**
 * Refuses to consume no queue, or with no room for any job.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { checkConsume } from '@aiwork/core/adapter-kit';
 *
 * checkConsume({ queues: ['mail'], group: 'senders', concurrency: 4 });
 * ```
 * @since 0.1.0
 */
export function checkConsume({
  queues,
  group,
  concurrency,
}: Pick<ConsumeOptions, 'queues' | 'group' | 'concurrency'>): void {
  if (!Array.isArray(queues) || queues.length === 0)
    throw invalidArgument('queues is empty: name at least one');
  for (const queue of queues) checkQueueName(queue, 'a queue to consume');
  checkQueueName(group, 'the group');
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw invalidArgument(`concurrency is ${String(concurrency)}: give a whole number of 1 or more`);
  }
}
