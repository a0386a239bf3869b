import { randomUUID } from 'node:crypto';
import type { KafkaDriver, StoredRecord } from '../driver/driver.ts';
import { isLasting } from '../kafka-errors.ts';
import { joinGroup, type Membership } from './membership.ts';
import type { Delivery, PartitionWork } from './partition-work.ts';
import { persist, unlessLasting } from './persist.ts';
import type { SlotSource } from './slots.ts';
import { untilAborted } from './until-aborted.ts';

/** What becomes of a record that was handed to a handler. */
export type Verdict =
  | { readonly kind: 'settled' }
  /** `postponed`: as if it had not been handed out. */
  | { readonly kind: 'again' | 'postponed'; readonly inMs: number };

export interface TopicConsumer {
  readonly driver: KafkaDriver;
  readonly topic: string;
  readonly group: string;
  readonly sessionTimeoutMs: number;
  readonly slots: SlotSource;
  /** Lets one begin at a time, of all those in this process that may be fatal to it. */
  readonly turns: SlotSource;
  /** Until when a record must not be handed out, in milliseconds since the Unix epoch. */
  notBefore(record: StoredRecord): number;
  /** `count`: how often it was handed out, this time included. Never rejects. */
  handle(record: StoredRecord, count: number, signal: AbortSignal): Promise<Verdict>;
  readonly observer: TopicObserver;
}

export interface TopicObserver {
  rebalanced(partitions: number): void;
  suspected(partition: number): void;
  lost(inFlight: number): void;
  disconnected(error: unknown): void;
}

/** What a consumer of a topic has at this moment. */
export interface TopicState {
  readonly partitions: number;
  readonly lag: number;
  readonly inFlight: number;
}

/** Timers follow another clock than the one of the wall, which may be set while a record waits for its time. */
const longestWaitMs = 1000;
const rejoinAfterMs = 250;
/**
 * What ends while the group shares partitions out anew cannot be committed, and is worked on again where it goes. So nothing
 * begins meanwhile; but the group may wait for a lost member for long.
 */
const longestRestMs = 1000;

/**
 * Works on the records of a topic as a member of a group until `signal` aborts, then waits for what is in flight. The
 * group is joined again, for ever, after the connection broke.
 *
 * @throws what keeps it from joining at first, if no other attempt would do better.
 */
export function consumeTopic(consumer: TopicConsumer, signal: AbortSignal) {
  const { slots, turns, handle, notBefore, observer } = consumer;
  const worker = randomUUID();
  const inFlight = new Map<Delivery, Promise<void>>();
  const timers = new Map<Delivery, NodeJS.Timeout>();
  let membership: Membership | undefined;
  let failed = Promise.withResolvers<unknown>();
  let resting: Delivery[] | undefined;
  let restTimer: NodeJS.Timeout | undefined;

  // To ask a signal that is made of others takes a while, and each record asks several times.
  let isStopped = signal.aborted;
  signal.addEventListener(
    'abort',
    () => {
      isStopped = true;
    },
    { once: true },
  );
  const isOver = ({ signal: lost }: PartitionWork) => isStopped || lost.aborted;

  /** Has it begin as soon as it may. */
  function offer(delivery: Delivery): void {
    if (isOver(delivery.partition)) return;
    const early = notBefore(delivery.record) - Date.now();
    if (early > 0) wait(delivery, Math.min(early, longestWaitMs));
    else if (delivery.partition.isAlone()) turns.want(() => beginAlone(delivery));
    else slots.want(() => begin(delivery));
  }

  function wait(delivery: Delivery, ms: number): void {
    if (isOver(delivery.partition)) return;
    const wake = delivery.partition.sleep();
    const end = () => {
      timers.delete(delivery);
      wake();
      offer(delivery);
    };
    timers.set(delivery, setTimeout(end, ms));
  }

  /** Takes its turn until it is over, or no longer alone. */
  function beginAlone(delivery: Delivery): Promise<void> | undefined {
    const { partition } = delivery;
    if (isOver(partition)) return undefined;
    const over = Promise.withResolvers<void>();
    slots.want(() => {
      const work = begin(delivery);
      over.resolve(work && partition.isAlone() ? untilLost(work, partition.signal) : undefined);
      return work;
    });
    return over.promise;
  }

  function rest(): void {
    resting ??= [];
    clearTimeout(restTimer);
    restTimer = setTimeout(endRest, longestRestMs);
  }

  function endRest(): void {
    clearTimeout(restTimer);
    const rested = resting ?? [];
    resting = undefined;
    rested.forEach(offer);
  }

  function begin(delivery: Delivery): Promise<void> | undefined {
    if (isOver(delivery.partition)) return undefined;
    if (resting) {
      resting.push(delivery);
      return undefined;
    }
    if (notBefore(delivery.record) > Date.now()) {
      offer(delivery);
      return undefined;
    }
    delivery.partition.begin(delivery);
    const work = run(delivery).finally(() => inFlight.delete(delivery));
    inFlight.set(delivery, work);
    return work;
  }

  async function run(delivery: Delivery): Promise<void> {
    const { partition, record } = delivery;
    if (partition.isAlone()) await membership?.announce(partition);
    if (partition.signal.aborted) return;
    const verdict = await handle(record, delivery.count, partition.signal);
    if (partition.signal.aborted) return;
    if (verdict.kind !== 'settled') {
      if (verdict.kind === 'postponed') delivery.count -= 1;
      partition.giveBack(delivery);
      wait(delivery, verdict.inMs);
    } else {
      const next = partition.settle(delivery);
      if (next) offer(next);
    }
    membership?.changed(partition);
  }

  async function join(formerMember?: string): Promise<Membership> {
    failed = Promise.withResolvers();
    const { resolve } = failed;
    return joinGroup(
      { ...consumer, worker, formerMember },
      {
        ready: (deliveries) => deliveries.forEach(offer),
        begun: () => slots.ready(),
        lost(partitions) {
          for (const [delivery, timer] of timers) {
            if (!partitions.includes(delivery.partition)) continue;
            clearTimeout(timer);
            timers.delete(delivery);
          }
          observer.lost(
            [...inFlight.keys()].filter(({ partition }) => partitions.includes(partition)).length,
          );
        },
        rebalancing: rest,
        rebalanced(partitions) {
          endRest();
          observer.rebalanced(partitions);
        },
        suspected: ({ id }) => observer.suspected(id),
        failed: resolve,
      },
    );
  }

  async function work(): Promise<void> {
    let former = '';
    membership = await persist(() => join(), { signal, failed: unlessLasting(observer.disconnected) });
    while (membership) {
      const ending = await Promise.race([failed.promise, untilAborted(signal)]);
      if (signal.aborted) break;
      // One that never came to be a member leaves the one before to be forgotten.
      former = membership.member() || former;
      await membership.leave().catch(() => {});
      // What a group refuses to those who never were members, it will always refuse.
      if (former === '' && isLasting(ending)) throw ending;
      observer.disconnected(ending);
      await untilAborted(signal, rejoinAfterMs);
      membership = await persist(() => join(former), { signal, failed: observer.disconnected });
    }
    membership?.stopReading();
    for (const timer of timers.values()) clearTimeout(timer);
    clearTimeout(restTimer);
    // Those that are lost go on until they see their signal; nobody waits for them.
    await Promise.all(Array.from(inFlight, ([{ partition }, done]) => untilLost(done, partition.signal)));
    await membership?.leave().catch(() => {});
    membership = undefined;
  }

  return {
    work,
    state(): TopicState {
      const partitions = membership?.partitions() ?? [];
      return {
        partitions: partitions.length,
        lag: partitions.reduce((sum, partition) => sum + partition.lag(), 0),
        inFlight: inFlight.size,
      };
    },
  };
}

function untilLost(done: Promise<void>, lost: AbortSignal): Promise<void> {
  return Promise.race([done, untilAborted(lost)]);
}
