import { AiworkError, type Job, type JobControl, type TaskQueue } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import { show, Violation } from '../../engine/violation.ts';
import { checkHistory } from './check-history.ts';
import type { Declaration, HistoryEvent } from './history.ts';
import { jobOf } from './jobs.ts';

export type QueueChecks = CheckContext<TaskQueue>;

/** What a handler of a check does; `nth` counts the deliveries of its consumer from 1. */
export type Work = (job: Job, control: JobControl, nth: number) => unknown;

interface ConsumerOptions {
  readonly queues?: readonly string[];
  readonly group?: string;
  readonly concurrency?: number;
}

/** A consumer of a check, which stops at the latest when the check is over. */
export interface Consumer {
  /** All jobs it was handed, in that order. */
  readonly handed: readonly Job[];
  /** How many of its handlers are running, and were at most. */
  readonly running: number;
  readonly mostAtOnce: number;
  /** Settles as `consume()` does. */
  readonly ended: Promise<void>;
  /** Aborts its signal and waits for its end. */
  stop(): Promise<void>;
}

/** Uses a queue and writes down what happens to its jobs. */
export interface Recorder {
  enqueue(client: TaskQueue, jobs: readonly Job[]): Promise<void>;
  consume(client: TaskQueue, options: ConsumerOptions, work?: Work): Consumer;
  /** Jobs of these ids were put back from the dead letters. */
  redriven(ids: readonly string[], queue?: string, group?: string): void;
  faulted(): void;
  /** Nothing may be wrong with what happened. Lets a little time pass first, in which too much would show. */
  nothingWrong(): Promise<void>;
}

export function recorder(t: QueueChecks): Recorder {
  const history: HistoryEvent[] = [];
  let calls = 0;
  let deliveries = 0;

  async function enqueue(client: TaskQueue, jobs: readonly Job[]): Promise<void> {
    calls += 1;
    const call = calls;
    history.push({ type: 'enqueue', call, jobs });
    try {
      await client.enqueue(jobs);
      history.push({ type: 'enqueued', call, outcome: 'applied' });
    } catch (error) {
      const outcome = (AiworkError.isInstance(error) && error.outcome) || 'unknown';
      history.push({ type: 'enqueued', call, outcome });
      throw error;
    }
  }

  function consume(client: TaskQueue, options: ConsumerOptions, work: Work = () => {}): Consumer {
    const { queues = ['q'], group = 'g', concurrency = 1 } = options;
    const handed: Job[] = [];
    const stopping = new AbortController();
    let running = 0;
    let mostAtOnce = 0;

    async function handle(job: Job, control: JobControl): Promise<void> {
      deliveries += 1;
      const delivery = deliveries;
      const tell = (type: 'settle' | 'give-back' | 'heartbeat' | 'lost') =>
        history.push({ type, delivery, at: timeOf(t) });
      const onLost = () => tell('lost');
      history.push({ type: 'deliver', delivery, group, job, at: timeOf(t) });
      const nth = handed.push(job);
      running += 1;
      mostAtOnce = Math.max(mostAtOnce, running);
      control.signal.addEventListener('abort', onLost, { once: true });
      async function heartbeat(): Promise<void> {
        await control.heartbeat();
        tell('heartbeat');
      }
      try {
        await work(job, { signal: control.signal, heartbeat }, nth);
        tell('settle');
      } catch (error) {
        tell('give-back');
        throw error;
      } finally {
        running -= 1;
        control.signal.removeEventListener('abort', onLost);
      }
    }

    history.push({ type: 'consume', queues, group });
    const signal = AbortSignal.any([stopping.signal, t.signal]);
    const ended = client.consume({ queues, group, concurrency, signal }, handle).finally(() => {
      history.push({ type: 'leave', queues, group });
    });
    // Whoever stops it is told.
    ended.catch(() => {});
    return {
      handed,
      get running() {
        return running;
      },
      get mostAtOnce() {
        return mostAtOnce;
      },
      ended,
      stop() {
        stopping.abort();
        return ended;
      },
    };
  }

  return {
    enqueue,
    consume,
    redriven(ids, queue = 'q', group = 'g') {
      history.push({ type: 'redrive', queue, group, ids });
    },
    faulted() {
      history.push({ type: 'fault' });
    },
    async nothingWrong() {
      await quiet(t);
      const anomalies = checkHistory(history, declarationOf(t), timeOf(t));
      t.evidence('history', { deliveries, anomalies: anomalies.length });
      const [first] = anomalies;
      if (!first) return;
      const { kind, job, group, detail } = first;
      const more = anomalies.length > 1 ? ` (and ${anomalies.length - 1} more)` : '';
      throw new Violation(`no job to be ${kind}`, `job ${show(job)}, group ${group}: ${detail}${more}`);
    },
  };
}

function declarationOf({ capabilities }: QueueChecks): Declaration {
  const { ordering, redelivers, leases, deadLetters, delayed } = capabilities;
  return {
    ordering,
    redelivers,
    leaseMs: leases ? leases.ms : Number.POSITIVE_INFINITY,
    maxDeliveries: deadLetters ? deadLetters.maxDeliveries : Number.POSITIVE_INFINITY,
    granularityMs: delayed ? delayed.granularityMs : 0,
  };
}

/** In milliseconds since the Unix epoch, by the subject's clock where it has one. */
export const timeOf = ({ manualTime, now }: QueueChecks): number => (manualTime ? now() : Date.now());

/** Long enough that what should not happen would have. */
const quietMs = 150;

export const quiet = (t: QueueChecks): Promise<void> => t.wait(quietMs);

/** Waits until it holds, which has to be in `withinMs`: by default, long after any queue has handed out a job. */
export async function until(
  t: QueueChecks,
  holds: () => boolean,
  expected: string,
  seen: () => unknown,
  withinMs = patienceMs(t),
): Promise<void> {
  const stepMs = t.manualTime ? withinMs / 100 : 5;
  const deadline = timeOf(t) + withinMs;
  while (!holds()) {
    t.signal.throwIfAborted();
    if (timeOf(t) > deadline) throw new Violation(expected, show(seen()));
    await t.wait(stepMs);
  }
}

/** Within which a queue hands out what waits, its consumers connecting first. */
export const patienceMs = (t: QueueChecks): number => 2 * t.callDeadlineMs;

/** Until the consumers together were handed so many jobs. */
export async function untilHanded(
  t: QueueChecks,
  count: number,
  consumers: readonly Consumer[],
  withinMs?: number,
): Promise<void> {
  const inAll = () => consumers.reduce((sum, { handed }) => sum + handed.length, 0);
  await until(
    t,
    () => inAll() >= count,
    `${count} jobs to be handed out`,
    () => `${inAll()} were`,
    withinMs,
  );
}

/** Until each group was handed something: it may take a while to begin, and what came before is not for it. */
export async function untilBegun(
  t: QueueChecks,
  run: Recorder,
  producer: TaskQueue,
  consumers: readonly Consumer[],
  queue = 'q',
): Promise<void> {
  let greetings = 0;
  await until(
    t,
    () => {
      if (consumers.every(({ handed }) => handed.length > 0)) return true;
      greetings += 1;
      // What becomes of it is in the history.
      run.enqueue(producer, [jobOf(`greeting ${greetings}`, { queue })]).catch(() => {});
      return false;
    },
    `each of ${consumers.length} groups to be handed a job`,
    () => consumers.map(({ handed }) => handed.length),
  );
}
