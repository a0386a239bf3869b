import type { ConsumeOptions, JobControl, JobHandler } from '../adapters/task-queue.ts';
import type { Clock } from '../engine/clock.ts';
import { AiworkError } from '../errors.ts';
import type { Delivery, GroupJobs } from './memory-task-queue-group.ts';

/** When jobs are lost, and what becomes of those that were given back. */
export interface DeliveryRules {
  readonly clock: Clock;
  /** Infinity: a job is never lost. */
  readonly leaseMs: number;
  readonly maxDeliveries: number;
  /** How long a job waits that was given back after its nth delivery. */
  redeliveryMs(deliveries: number): number;
}

/** A group of a queue, with who consumes it. */
export interface Group {
  readonly jobs: GroupJobs;
  /** Those who wait; each takes one job that may go at `now` if it has room for it, and tells whether it did. */
  readonly consumers: Set<(now: number) => boolean>;
  timer?: { readonly at: number; stop(): void } | undefined;
}

interface Consumption {
  readonly groups: readonly Group[];
  readonly concurrency: ConsumeOptions['concurrency'];
  readonly handler: JobHandler;
  readonly stop: AbortSignal;
}

/** Hands out what may go, to one consumer after the other, and comes back for what may go later. */
export function dispatch(group: Group, clock: Clock): void {
  // One time for all: what comes due between two looks at a clock would be handed out by neither.
  const now = clock.now();
  for (let handedOut = true; handedOut; ) {
    handedOut = false;
    for (const consumer of [...group.consumers]) {
      if (!consumer(now)) continue;
      handedOut = true;
      // Next time it is the others' turn.
      if (group.consumers.delete(consumer)) group.consumers.add(consumer);
    }
  }
  comeBack(group, clock, now);
}

function comeBack(group: Group, clock: Clock, now: number): void {
  const at = group.consumers.size > 0 ? group.jobs.nextAt(now) : undefined;
  if (group.timer?.at === at) return;
  group.timer?.stop();
  group.timer = undefined;
  if (at === undefined) return;
  const stop = clock.setTimer(Math.max(0, at - clock.now()), () => {
    group.timer = undefined;
    dispatch(group, clock);
  });
  group.timer = { at, stop };
}

/** Works until `stop` aborts and what was taken is settled, given back or lost. */
export function consumeGroups(consumption: Consumption, rules: DeliveryRules): Promise<void> {
  const { groups, concurrency, handler, stop } = consumption;
  const { clock } = rules;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let running = 0;
  let held = 0;
  let turn = 0;

  function take(now: number): boolean {
    if (stop.aborted || running >= concurrency) return false;
    for (let tried = 0; tried < groups.length; tried += 1) {
      const group = groups[turn % groups.length] as Group;
      turn += 1;
      const delivery = group.jobs.take(now);
      if (!delivery) continue;
      void work(group, delivery);
      return true;
    }
    return false;
  }

  async function work(group: Group, delivery: Delivery): Promise<void> {
    running += 1;
    held += 1;
    const lease = holdLease(rules, () => {
      letGo();
      giveBack(group, delivery, lost(), 0);
    });
    const failure = await failureOf(handler, delivery, lease.control);
    running -= 1;
    if (!lease.end()) return refill(group);
    letGo();
    if (failure) giveBack(group, delivery, failure.thrown, rules.redeliveryMs(delivery.deliveries));
    else {
      group.jobs.settle(delivery);
      refill(group);
    }
  }

  function giveBack(group: Group, delivery: Delivery, thrown: unknown, waitMs: number): void {
    const now = clock.now();
    if (delivery.deliveries >= rules.maxDeliveries) group.jobs.bury(delivery, thrown, now);
    else group.jobs.giveBack(delivery, now + waitMs);
    refill(group);
  }

  /** Others may have waited for the next job of its key. */
  function refill(group: Group): void {
    while (take(clock.now()));
    dispatch(group, clock);
  }

  function letGo(): void {
    held -= 1;
    if (stop.aborted && held === 0) end();
  }

  function leave(): void {
    for (const group of groups) {
      group.consumers.delete(take);
      dispatch(group, clock);
    }
    if (held === 0) end();
  }

  for (const group of groups) group.consumers.add(take);
  if (stop.aborted) leave();
  else stop.addEventListener('abort', leave, { once: true });
  for (const group of groups) dispatch(group, clock);
  return ended;
}

const lost = () =>
  new AiworkError('AIWORK_LEASE_LOST', 'the lease of the job ran out: its handler said nothing for too long');

/** `end()` tells whether the job is not lost; afterwards it cannot be any more. */
function holdLease({ clock, leaseMs }: DeliveryRules, onLost: () => void) {
  const controller = new AbortController();
  let stopTimer = () => {};
  let over = false;

  function begin(): void {
    stopTimer();
    if (over || !Number.isFinite(leaseMs)) return;
    stopTimer = clock.setTimer(leaseMs, () => {
      over = true;
      controller.abort(lost());
      onLost();
    });
  }

  begin();
  const control: JobControl = {
    signal: controller.signal,
    async heartbeat() {
      controller.signal.throwIfAborted();
      begin();
    },
  };
  return {
    control,
    end() {
      const isHeld = !over;
      over = true;
      stopTimer();
      return isHeld;
    },
  };
}

/** What the handler threw, in a box because it may be anything. */
async function failureOf(
  handler: JobHandler,
  { job }: Delivery,
  control: JobControl,
): Promise<{ readonly thrown: unknown } | undefined> {
  try {
    // Of its own: another delivery of the job is another object.
    await handler({ ...job }, control);
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}
