import type { DeadLetter, Job } from '../adapters/task-queue.ts';
import { toRunError } from '../run-error.ts';
import { createHeap } from './heap.ts';

/** A job as one group sees it. */
export interface Delivery {
  readonly job: Job;
  /** Rises with every job of the group. */
  readonly position: number;
  /** How often it was handed out. */
  deliveries: number;
  notBefore: number;
  /** The next job of its key, which waits for this one. */
  next?: Delivery;
}

/** The jobs that a group has of a queue. Of each key, only the first is to be handed out. */
export interface GroupJobs {
  readonly waiting: number;
  readonly inFlight: number;
  readonly deadLetters: ReadonlyMap<string, DeadLetter>;
  add(job: Job): void;
  /** The first of the highest priority whose time has come. */
  take(now: number): Delivery | undefined;
  /** When the first of those may go whose time has not come. */
  nextAt(now: number): number | undefined;
  settle(delivery: Delivery): void;
  giveBack(delivery: Delivery, notBefore: number): void;
  bury(delivery: Delivery, thrown: unknown, now: number): void;
  /** Puts a dead letter back, behind all others; whether there was one. */
  redrive(letterId: string): boolean;
}

export function createGroupJobs(): GroupJobs {
  const ready = createHeap<Delivery>((a, b) =>
    a.job.priority === b.job.priority ? a.position < b.position : a.job.priority > b.job.priority,
  );
  const delayed = createHeap<Delivery>((a, b) =>
    a.notBefore === b.notBefore ? a.position < b.position : a.notBefore < b.notBefore,
  );
  const lastOfKey = new Map<string, Delivery>();
  const deadLetters = new Map<string, DeadLetter>();
  let waiting = 0;
  let inFlight = 0;
  let lastPosition = 0;
  let lastLetter = 0;

  function offer(delivery: Delivery): void {
    if (delivery.notBefore > 0) delayed.push(delivery);
    else ready.push(delivery);
  }

  function add(job: Job): void {
    lastPosition += 1;
    waiting += 1;
    const { key, notBefore = 0 } = job;
    const delivery: Delivery = { job, position: lastPosition, deliveries: 0, notBefore };
    const before = key === undefined ? undefined : lastOfKey.get(key);
    if (key !== undefined) lastOfKey.set(key, delivery);
    if (before) before.next = delivery;
    else offer(delivery);
  }

  function ripen(now: number): void {
    for (let due = delayed.peek(); due && due.notBefore <= now; due = delayed.peek()) {
      delayed.pop();
      ready.push(due);
    }
  }

  /** The next one of its key may go. */
  function remove(delivery: Delivery): void {
    const { next } = delivery;
    const { key } = delivery.job;
    inFlight -= 1;
    if (next) offer(next);
    else if (key !== undefined) lastOfKey.delete(key);
  }

  return {
    get waiting() {
      return waiting;
    },
    get inFlight() {
      return inFlight;
    },
    deadLetters,
    add,

    take(now) {
      ripen(now);
      const delivery = ready.pop();
      if (!delivery) return undefined;
      waiting -= 1;
      inFlight += 1;
      delivery.deliveries += 1;
      return delivery;
    },

    nextAt(now) {
      ripen(now);
      return delayed.peek()?.notBefore;
    },

    settle: remove,

    giveBack(delivery, notBefore) {
      inFlight -= 1;
      waiting += 1;
      delivery.notBefore = notBefore;
      offer(delivery);
    },

    bury(delivery, thrown, now) {
      remove(delivery);
      lastLetter += 1;
      const id = String(lastLetter);
      const { job, deliveries } = delivery;
      deadLetters.set(id, { id, job, error: toRunError(thrown), deliveries, deadAt: now });
    },

    redrive(letterId) {
      const letter = deadLetters.get(letterId);
      if (!letter) return false;
      deadLetters.delete(letterId);
      add(letter.job);
      return true;
    },
  };
}
