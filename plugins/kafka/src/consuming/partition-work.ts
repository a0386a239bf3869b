import type { Commit, ReadBatch, StoredRecord } from '../driver/driver.ts';
import { type Custody, maxRuns, type Tenure, takeCustody } from './custody.ts';
import { createLanes } from './lanes.ts';
import { createOffsetLog, type LogEntry } from './offset-log.ts';

/** How many records of a partition are read ahead of the first that is not settled. */
const maxSpan = 10_000;
/** How many records of a partition wait for a free handler, or for one of their key, before no more are read. */
const maxWaiting = 500;
/** How much of a partition is in memory, before no more is read. */
const maxHeldBytes = 8_000_000;
/** About what a record takes beside what is in it. */
const recordOverheadBytes = 500;

/** A record that is to be worked on. */
export interface Delivery {
  readonly record: StoredRecord;
  readonly entry: LogEntry;
  readonly partition: PartitionWork;
  /** About what it takes in memory. */
  readonly bytes: number;
  /** How often it was handed to a handler, by others before too as far as that is known. */
  count: number;
}

/** What a worker has of a partition while it is its own. */
export interface PartitionWork {
  readonly id: number;
  /** Aborted when the partition is lost. */
  readonly signal: AbortSignal;
  /** Begins where whoever had it before left it, in a note. Nothing is received before. */
  takeOver(note: string, start: number, worker: string): void;
  /** Those that may begin; others wait for one of their key. */
  receive(batch: ReadBatch): readonly Delivery[];
  /** Whether one record at a time is to be handed out, each after a commit. */
  isAlone(): boolean;
  /** It is handed to a handler. */
  begin(delivery: Delivery): void;
  giveBack(delivery: Delivery): void;
  /** One of its records waits for its time, and others are read meanwhile. Gives what ends that. */
  sleep(): () => void;
  /** Gives the next of its key, which may begin now. */
  settle(delivery: Delivery): Delivery | undefined;
  /** Undefined when it is committed. */
  toCommit(tenure: Tenure): Commit | undefined;
  committed(commit: Commit): void;
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
  let asleep = 0;
  let heldBytes = 0;
  let custody: Custody | undefined;
  let lastCommitted: Commit | undefined;

  const partition: PartitionWork = {
    id,
    signal: lost.signal,
    takeOver(note, start, worker) {
      custody = takeCustody(note, start, worker);
    },
    receive(batch) {
      high = batch.high;
      const ready: Delivery[] = [];
      for (const record of batch.records) {
        const entry = log.receive(record.offset);
        if (!entry) continue;
        if (custody?.wasSettled(record.offset)) {
          log.settle(entry);
          continue;
        }
        unsettled += 1;
        const count = custody?.deliveriesOf(record.offset) ?? 0;
        const bytes = bytesOf(record);
        heldBytes += bytes;
        const delivery = { record, entry, partition, bytes, count };
        if (lanes.enter(record.key, delivery)) ready.push(delivery);
      }
      log.receivedUpTo(batch.nextOffset);
      return ready;
    },
    isAlone: () => custody?.isAlone(log.next() ?? 0) ?? false,
    begin(delivery) {
      delivery.count += 1;
      custody?.begin(delivery.record.offset);
    },
    giveBack({ record, count }) {
      custody?.giveBack(record.offset, count);
    },
    sleep() {
      asleep += 1;
      return () => {
        asleep -= 1;
      };
    },
    settle({ entry, record, bytes }) {
      unsettled -= 1;
      heldBytes -= bytes;
      log.settle(entry);
      custody?.settle(record.offset);
      return lanes.leave(record.key);
    },
    toCommit(tenure) {
      const nextOffset = log.next();
      if (nextOffset === undefined || !custody || lost.signal.aborted) return undefined;
      const note = custody.note(nextOffset, tenure, log.runs(maxRuns));
      const isCommitted = nextOffset === lastCommitted?.nextOffset && note === lastCommitted.note;
      // Something else may be on its way to the broker, which would be the last word.
      return isCommitted && tenure !== 'released' ? undefined : { nextOffset, note };
    },
    committed(commit) {
      lastCommitted = commit;
    },
    lag: () => Math.max(0, high - (log.next() ?? high)),
    reading() {
      const fullest = Math.max(
        (unsettled - asleep) / maxWaiting,
        heldBytes / maxHeldBytes,
        log.span() / maxSpan,
      );
      if (fullest >= 1) return 'pause';
      return fullest < 0.5 ? 'go on' : 'either';
    },
    lose: (reason) => lost.abort(reason),
  };
  return partition;
}

function bytesOf({ value, key = '', headers }: StoredRecord): number {
  let bytes = recordOverheadBytes + value.byteLength + key.length;
  for (const name in headers) bytes += headers[name]?.length ?? 0;
  return bytes;
}
