import type { Job } from '@aiwork/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistory } from '../src/contracts/task-queue/check-history.ts';
import type { Declaration, HistoryEvent } from '../src/contracts/task-queue/history.ts';
import { jobOf, jobsOf } from '../src/contracts/task-queue/jobs.ts';

const declared: Declaration = {
  ordering: 'per-key',
  redelivers: 'lost',
  leaseMs: 100,
  maxDeliveries: 3,
  granularityMs: 0,
};

const enqueue = (call: number, jobs: readonly Job[]): HistoryEvent => ({ type: 'enqueue', call, jobs });
const enqueued = (call: number, outcome: 'applied' | 'not-applied' | 'unknown' = 'applied') =>
  ({ type: 'enqueued', call, outcome }) as const;
const consume = (group = 'g'): HistoryEvent => ({ type: 'consume', queues: ['q'], group });
const deliver = (delivery: number, job: Job, at: number, group = 'g'): HistoryEvent => ({
  type: 'deliver',
  delivery,
  group,
  job,
  at,
});
const end = (
  type: 'settle' | 'give-back' | 'lost' | 'heartbeat',
  delivery: number,
  at: number,
): HistoryEvent => ({
  type,
  delivery,
  at,
});

const [a, b] = jobsOf(2, () => ({ key: 'k' })) as [Job, Job];
const sent = [consume(), enqueue(1, [a, b]), enqueued(1)];

/** What is wrong with it, as `kind job`. */
const anomaliesIn = (
  history: readonly HistoryEvent[],
  changes: Partial<Declaration> = {},
  endedAt = 10_000,
) => checkHistory(history, { ...declared, ...changes }, endedAt).map(({ kind, job }) => `${kind} ${job}`);

describe('the history check', () => {
  it('finds nothing wrong with jobs that are handed out and settled in order', () => {
    const history = [...sent, deliver(1, a, 1), end('settle', 1, 2), deliver(2, b, 3), end('settle', 2, 4)];
    expect(anomaliesIn(history)).toEqual([]);
  });

  it('finds what was acknowledged and never handed out', () => {
    expect(anomaliesIn([...sent, deliver(1, a, 1), end('settle', 1, 2)])).toEqual(['lost 2']);
  });

  it('finds what was given back and not handed out again', () => {
    expect(
      anomaliesIn([consume(), enqueue(1, [a]), enqueued(1), deliver(1, a, 1), end('give-back', 1, 2)]),
    ).toEqual(['lost 1']);
  });

  it('does not miss what may never have been enqueued, nor what a later group is not owed', () => {
    expect(anomaliesIn([consume(), enqueue(1, [a]), enqueued(1, 'unknown')])).toEqual([]);
    const history = [...sent, deliver(1, a, 1), end('settle', 1, 2), deliver(2, b, 3), end('settle', 2, 4)];
    expect(anomaliesIn([...history, consume('later')])).toEqual([]);
  });

  it('misses in a second group what was enqueued once it was handed anything', () => {
    const [c] = [jobOf('c')];
    const history = [
      ...sent,
      deliver(1, a, 1),
      end('settle', 1, 2),
      deliver(2, b, 3),
      end('settle', 2, 4),
      deliver(3, a, 3, 'h'),
      end('settle', 3, 4),
      enqueue(2, [c]),
      enqueued(2),
      deliver(4, c, 5),
      end('settle', 4, 6),
    ];
    expect(checkHistory(history, declared, 10_000)).toMatchObject([{ kind: 'lost', job: 'c', group: 'h' }]);
  });

  it('finds phantoms, also when it is known only afterwards that they are', () => {
    expect(anomaliesIn([consume(), deliver(1, a, 1), end('settle', 1, 2)])).toEqual(['phantom 1']);
    const denied = [
      consume(),
      enqueue(1, [a]),
      deliver(1, a, 1),
      end('settle', 1, 2),
      enqueued(1, 'not-applied'),
    ];
    expect(anomaliesIn(denied)).toEqual(['phantom 1']);
  });

  it('finds a job with two handlers of a group, but not one whose lease was over', () => {
    const alone = [consume(), enqueue(1, [a]), enqueued(1), deliver(1, a, 0)];
    expect(anomaliesIn([...alone, deliver(2, a, 50), end('settle', 2, 60)])).toEqual(['shared 1']);
    expect(anomaliesIn([...alone, deliver(2, a, 101), end('settle', 2, 110)])).toEqual([]);
    const beating = [...alone, end('heartbeat', 1, 90), deliver(2, a, 101), end('settle', 2, 110)];
    expect(anomaliesIn(beating)).toEqual(['shared 1']);
  });

  it('finds a handler that was told before its lease was over that it lost its job', () => {
    const history = [consume(), enqueue(1, [a]), enqueued(1), deliver(1, a, 0), end('lost', 1, 20)];
    expect(anomaliesIn([...history, deliver(2, a, 20), end('settle', 2, 30)])).toEqual(['shared 1']);
  });

  it('finds what is handed to a group that settled it, unless something broke in between', () => {
    const settled = [consume(), enqueue(1, [a]), enqueued(1), deliver(1, a, 1), end('settle', 1, 2)];
    const again = [deliver(2, a, 3), end('settle', 2, 4)];
    expect(anomaliesIn([...settled, ...again])).toEqual(['settled-again 1']);
    expect(anomaliesIn([...settled, { type: 'fault' }, ...again])).toEqual([]);
  });

  it('lets those who declare it repeat what was settled when consumers come or go', () => {
    const history = [
      consume(),
      enqueue(1, [a]),
      enqueued(1),
      deliver(1, a, 1),
      end('settle', 1, 2),
      consume(),
    ];
    const again = [...history, deliver(2, a, 3), end('settle', 2, 4)];
    expect(anomaliesIn(again, { redelivers: 'rebalanced' })).toEqual([]);
    expect(anomaliesIn(again)).toEqual(['settled-again 1']);
  });

  it('finds what is handed out more often than it may be, and misses nothing that was given up', () => {
    const times = [1, 2, 3].flatMap((n) => [deliver(n, a, n), end('give-back', n, n)]);
    const history = [consume(), enqueue(1, [a]), enqueued(1), ...times];
    expect(anomaliesIn(history)).toEqual([]);
    expect(anomaliesIn([...history, deliver(4, a, 4), end('settle', 4, 5)])).toEqual(['duplicated 1']);
    const redriven: HistoryEvent = { type: 'redrive', queue: 'q', group: 'g', ids: ['1'] };
    expect(anomaliesIn([...history, redriven])).toEqual(['lost 1']);
    expect(anomaliesIn([...history, redriven, deliver(4, a, 4), end('settle', 4, 5)])).toEqual([]);
  });

  it('finds what overtakes an earlier job of its key, unless no order is declared', () => {
    const history = [...sent, deliver(1, b, 1), end('settle', 1, 2), deliver(2, a, 3), end('settle', 2, 4)];
    expect(anomaliesIn(history)).toEqual(['reordered 2']);
    expect(anomaliesIn(history, { ordering: 'none' })).toEqual([]);
  });

  it('finds what is handed out before its time', () => {
    const job = jobOf('late', { notBefore: 50 });
    const history = [consume(), enqueue(1, [job]), enqueued(1), deliver(1, job, 45), end('settle', 1, 46)];
    expect(anomaliesIn(history)).toEqual(['early late']);
    expect(anomaliesIn(history, { granularityMs: 5 })).toEqual([]);
  });

  it('finds a lease that never runs out', () => {
    const history = [consume(), enqueue(1, [a]), enqueued(1), deliver(1, a, 0)];
    expect(anomaliesIn(history, {}, 101)).toEqual(['stuck 1']);
    expect(anomaliesIn(history, {}, 99)).toEqual([]);
    expect(anomaliesIn(history, { leaseMs: Number.POSITIVE_INFINITY })).toEqual([]);
  });

  it('accepts every history of a correct queue, and finds any job that is missing from it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: 1, maxLength: 30 }), fc.nat(), (failures, missing) => {
        const jobs = jobsOf(failures.length, (n) => ({ key: `k${n % 3}` }));
        let delivery = 0;
        const lives = jobs.map((job, n) =>
          Array.from({ length: (failures[n] as number) + 1 }, (_, time) => {
            delivery += 1;
            const last = time === failures[n];
            return [deliver(delivery, job, delivery), end(last ? 'settle' : 'give-back', delivery, delivery)];
          }).flat(),
        );
        const begin = [consume(), enqueue(1, jobs), enqueued(1)];
        expect(anomaliesIn([...begin, ...lives.flat()])).toEqual([]);
        const without = lives.filter((_, n) => n !== missing % lives.length);
        expect(anomaliesIn([...begin, ...without.flat()])).toContain(`lost ${(missing % lives.length) + 1}`);
      }),
    );
  });

  it('takes time linear in the length of a history', () => {
    const timeOf = (count: number) => {
      const jobs = jobsOf(count, (n) => ({ key: `k${n % 5}` }));
      const history = [
        consume(),
        enqueue(1, jobs),
        enqueued(1),
        ...jobs.flatMap((job, n) => [deliver(n, job, n), end('settle', n, n)]),
      ];
      // Of the processor: how long others had it says nothing.
      const start = process.cpuUsage();
      expect(checkHistory(history, declared, count)).toEqual([]);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    timeOf(1000);
    const small = timeOf(5000);
    expect(timeOf(50_000)).toBeLessThan(40 * Math.max(small, 5));
  });
});
