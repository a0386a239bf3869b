import { expect, it } from 'vitest';
import { createPartitionWork } from './partition-work.ts';

/** A partition of its own with so many records of so many bytes. */
function partitionOf(count: number, bytes = 100) {
  const partition = createPartitionWork(0);
  partition.takeOver('', 0, 'me');
  const records = Array.from({ length: count }, (_, offset) => ({
    offset,
    key: undefined,
    value: Buffer.alloc(bytes),
    headers: {},
    sentAt: 0,
  }));
  const deliveries = partition.receive({ partition: 0, records, nextOffset: count, high: count });
  return { partition, deliveries };
}

it('reads no further while many records wait for a handler, and reads on when half of them are settled', () => {
  const { partition, deliveries } = partitionOf(500);
  expect(partition.reading()).toBe('pause');
  for (const delivery of deliveries.slice(0, 249)) partition.settle(delivery);
  expect(partition.reading()).toBe('either');
  for (const delivery of deliveries.slice(249, 251)) partition.settle(delivery);
  expect(partition.reading()).toBe('go on');
});

it('reads past records that wait for their time, until they are awake', () => {
  const { partition, deliveries } = partitionOf(5000);
  const wakes = deliveries.map(() => partition.sleep());
  expect(partition.reading()).toBe('either');
  for (const wake of wakes) wake();
  expect(partition.reading()).toBe('pause');
});

it('holds no more than 8 MB of records, however few they are and whatever they wait for', () => {
  const { partition, deliveries } = partitionOf(10, 900_000);
  for (const _ of deliveries) partition.sleep();
  expect(partition.reading()).toBe('pause');
});

it('gives the last word before it goes, although it may be the one before', () => {
  const { partition } = partitionOf(1);
  const first = partition.toCommit('released');
  expect(first).toBeDefined();
  if (first) partition.committed(first);
  expect(partition.toCommit('held')).toBeUndefined();
  expect(partition.toCommit('released')).toEqual(first);
});
