import { AiworkError, type ConsumeOptions, type Job, type JobHandler } from '@aiwork/core';
import { corruptData } from '../redis-errors.ts';
import { type Bell, createBell } from './bell.ts';
import { giveJobBack, settleJob } from './end-job.ts';
import { holdLease } from './hold-lease.ts';
import { joinQueues } from './join-queues.ts';
import type { QueueCalls } from './queue-calls.ts';
import { type Delivery, type Hand, putJobsBack, takeJobs } from './take-jobs.ts';

const shortestLookMs = 5;
/** How long to wait before something is tried again that the server did not do. */
const againMs = 50;

/** Works until `stop` aborts and what was taken is settled, given back or lost. */
export async function consumeQueues(
  calls: QueueCalls,
  { queues, group, concurrency }: Pick<ConsumeOptions, 'queues' | 'group' | 'concurrency'>,
  handler: JobHandler,
  { bell, stop }: { readonly bell: Bell; readonly stop: AbortSignal },
): Promise<void> {
  const { rules } = calls;
  let running = 0;
  let held = 0;
  let turn = 0;
  const drained = createBell();
  const turns = queues.map((_, first) => [...queues.slice(first), ...queues.slice(0, first)]);

  async function work(delivery: Delivery, askedAt: number): Promise<void> {
    running += 1;
    held += 1;
    let lost = false;
    const letGo = () => {
      held -= 1;
      drained.ring();
    };
    const lease = holdLease(calls, delivery, askedAt, () => {
      lost = true;
      letGo();
    });
    const failure = await failureOf(() => handler(jobIn(calls, delivery), lease.control));
    running -= 1;
    const first = lost || tellEnd(delivery, failure);
    // Behind what was just sent, for the next job of its key.
    bell.ring();
    let ended = await first;
    // Once it is lost, it is somebody else's to end.
    while (!ended && !lost) {
      await pause(againMs);
      ended = lost || (await tellEnd(delivery, failure));
    }
    if (lost) return;
    lease.end();
    letGo();
  }

  async function tellEnd(
    delivery: Delivery,
    failure: { readonly thrown: unknown } | undefined,
  ): Promise<boolean> {
    try {
      await (failure ? giveJobBack(calls, delivery, failure.thrown) : settleJob(calls, delivery));
      return true;
    } catch {
      return false;
    }
  }

  function take(token: string): Promise<Hand | undefined> {
    turn += 1;
    const order = turns[turn % turns.length] ?? queues;
    return takeJobs(calls, { queues: order, group }, token, concurrency - running);
  }

  async function takeAll(): Promise<void> {
    let joined = false;
    let doubtful: string | undefined;
    let lookMs = shortestLookMs;
    while (!stop.aborted) {
      if (running >= concurrency) {
        await bell.wait(Number.POSITIVE_INFINITY);
        continue;
      }
      const token = calls.newToken();
      try {
        if (!joined) await joinQueues(calls, { queues, group });
        if (doubtful !== undefined) await putJobsBack(calls, { queues, group }, doubtful);
        doubtful = undefined;
        const askedAt = performance.now();
        const hand = await take(token);
        // A server that lost what it knew forgot its groups, too.
        joined = hand !== undefined;
        if (!hand) continue;
        const { jobs, nextMs } = hand;
        if (stop.aborted) {
          if (jobs.length > 0) await putJobsBack(calls, { queues, group }, token);
          return;
        }
        for (const job of jobs) void work(job, askedAt);
        if (jobs.length > 0) lookMs = shortestLookMs;
        if (running < concurrency) await bell.wait(Math.min(lookMs, nextMs));
        lookMs = jobs.length > 0 ? shortestLookMs : Math.min(rules.pollMs, 2 * lookMs);
      } catch (error) {
        if (!mayPass(error)) throw error;
        // What it took whose reply was lost is put back before anything else is asked for.
        doubtful ??= token;
        await bell.wait(againMs);
      }
    }
  }

  const onStop = () => bell.ring();
  stop.addEventListener('abort', onStop, { once: true });
  try {
    await takeAll();
  } finally {
    stop.removeEventListener('abort', onStop);
    while (held > 0) await drained.wait(Number.POSITIVE_INFINITY);
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const mayPass = (error: unknown) => AiworkError.isInstance(error) && error.retryable;

function jobIn({ connection }: QueueCalls, { queue, text }: Delivery): Job {
  try {
    return JSON.parse(text);
  } catch {
    // The error of JSON.parse quotes what it read.
    throw corruptData(connection.where, `a job of queue ${queue} cannot be read`);
  }
}

/** What was thrown, in a box because it may be anything. */
async function failureOf(work: () => Promise<void>): Promise<{ readonly thrown: unknown } | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}
