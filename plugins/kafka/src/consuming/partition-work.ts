import type { ReadBatch, StoredRecord } from '../driver/driver.ts';
import { createLanes } from './lanes.ts';
import { createOffsetLog, type LogEntry } from './offset-log.ts';

/** How many records of a partition are read ahead of the first that is not settled. */
const maxSpan = 10_000;
/** How many records of a partition wait for a free handler, before no more are read. */
const maxWaiting = 500;

/** A record that is to be worked on. */
export interface Delivery {
  readonly record: StoredRecord;
  readonly entry: LogEntry;
  readonly partition: PartitionWork;
  /** How often it was handed to a handler. */
  count: number;
}

/** What a worker has of a partition while it is its own. */
export interface PartitionWork {
  readonly id: number;
  /** Aborted when the partition is lost. */
  readonly signal: AbortSignal;
  /** Those that may begin; others wait for one of their key. */
  receive(batch: ReadBatch): readonly Delivery[];
  /** Gives the next of its key, which may begin now. */
  settle(delivery: Delivery): Delivery | undefined;
  /** Undefined when all that is settled is committed. */
  toCommit(): number | undefined;
  committed(nextOffset: number): void;
  lag(): number;
  /** Whether to read on, with some slack so that it does not change at every record. */
  reading(): 'go on' | 'either' | 'pause';
  lose(reason: Error): void;
}

export function createPartitionWork(id: number): PartitionWork {
  const log = createOffsetLog();
  const lanes = createLanes<Delivery>();
  const lost = new AbortController();
  let high = 0;
  let unsettled = 0;
  let lastCommitted: number | undefined;

  const partition: PartitionWork = {
    id,
    signal: lost.signal,
    receive(batch) {
      high = batch.high;
      const ready: Delivery[] = [];
      for (const record of batch.records) {
        const entry = log.receive(record.offset);
        if (!entry) continue;
        unsettled += 1;
        const delivery = { record, entry, partition, count: 0 };
        if (lanes.enter(record.key, delivery)) ready.push(delivery);
      }
      log.receivedUpTo(batch.nextOffset);
      return ready;
    },
    settle({ entry, record }) {
      unsettled -= 1;
      log.settle(entry);
      return lanes.leave(record.key);
    },
    toCommit() {
      const next = log.next();
      return next === lastCommitted || lost.signal.aborted ? undefined : next;
    },
    committed(nextOffset) {
      lastCommitted = nextOffset;
    },
    lag: () => Math.max(0, high - (log.next() ?? high)),
    reading() {
      if (unsettled >= maxWaiting || log.span() >= maxSpan) return 'pause';
      return unsettled < maxWaiting / 2 && log.span() < maxSpan / 2 ? 'go on' : 'either';
    },
    lose: (reason) => lost.abort(reason),
  };
  return partition;
}
