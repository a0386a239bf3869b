import { setTimeout as delay } from 'node:timers/promises';
import type { Commit, ReadBatch } from '../driver/driver.ts';
import type { Delivery, PartitionWork } from './partition-work.ts';

export interface TakeOverOptions {
  /** Names who takes over. */
  readonly worker: string;
  /** What those before committed. */
  committed(): Promise<ReadonlyMap<number, Commit>>;
  /** Resolves when the group knows that records are about to be handed out, or the partition is lost. */
  announce(partition: PartitionWork): Promise<void>;
  taken(partition: PartitionWork, deliveries: readonly Delivery[]): void;
}

/** Partitions that are taken over: what is read of them is held until their former owner's note is read and answered. */
export interface TakeOvers {
  expect(partition: PartitionWork): void;
  /** Whether the batch is held. */
  hold(partition: PartitionWork, batch: ReadBatch): boolean;
  /** Resolves when those that are under way are over. */
  over(): Promise<unknown>;
}

const retryMs = 250;

export function createTakeOvers({ worker, committed, announce, taken }: TakeOverOptions): TakeOvers {
  const expected = new WeakSet<PartitionWork>();
  /** From the first with records on. */
  const held = new WeakMap<PartitionWork, ReadBatch[]>();
  const underWay = new Set<Promise<void>>();
  let asked: Promise<ReadonlyMap<number, Commit>> | undefined;

  async function noteFor({ id, signal }: PartitionWork): Promise<string> {
    while (!signal.aborted) {
      asked ??= committed();
      const asking = asked;
      try {
        return (await asking).get(id)?.note ?? '';
      } catch {
        if (asked === asking) asked = undefined;
        await delay(retryMs, undefined, { signal }).catch(() => {});
      }
    }
    return '';
  }

  async function takeOver(partition: PartitionWork, batches: ReadBatch[], start: number): Promise<void> {
    partition.takeOver(await noteFor(partition), start, worker);
    const deliveries: Delivery[] = [];
    const receive = () => {
      for (const batch of batches.splice(0)) deliveries.push(...partition.receive(batch));
    };
    receive();
    // Those that are handed out alone are announced one by one.
    if (!partition.isAlone()) await announce(partition);
    receive();
    held.delete(partition);
    if (!partition.signal.aborted) taken(partition, deliveries);
  }

  return {
    expect(partition) {
      expected.add(partition);
      // The answer is of the time before the group shared its partitions out.
      asked = undefined;
    },
    hold(partition, batch) {
      const batches = held.get(partition);
      if (batches) {
        batches.push(batch);
        return true;
      }
      const [first] = batch.records;
      if (!first || !expected.delete(partition)) return false;
      const all = [batch];
      held.set(partition, all);
      const running = takeOver(partition, all, first.offset).finally(() => underWay.delete(running));
      underWay.add(running);
      return true;
    },
    over: () => Promise.all(underWay),
  };
}
