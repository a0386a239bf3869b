import { describe, expect, it } from 'vitest';
import { createOffsetLog } from './offset-log.ts';

/** The entries of offsets 10 to 14. */
function receiveFive() {
  const log = createOffsetLog();
  const entries = [10, 11, 12, 13, 14].map((offset) => log.receive(offset));
  const settle = (...offsets: readonly number[]) => {
    for (const offset of offsets) {
      const entry = entries[offset - 10];
      if (entry) log.settle(entry);
    }
  };
  return { log, settle };
}

describe('the offsets of a partition', () => {
  it('are committed up to the first that is not settled', () => {
    const { log, settle } = receiveFive();
    expect(log.next()).toBe(10);
    settle(12, 11);
    expect(log.next()).toBe(10);
    settle(10);
    expect(log.next()).toBe(13);
    expect(log.span()).toBe(2);
    settle(14, 13);
    expect(log.next()).toBe(15);
  });

  it('are committed beyond what is no record once all before it is settled', () => {
    const { log, settle } = receiveFive();
    log.receivedUpTo(20);
    settle(10, 11, 12, 13);
    expect(log.next()).toBe(14);
    settle(14);
    expect(log.next()).toBe(20);
  });

  it('are received once', () => {
    const { log } = receiveFive();
    expect(log.receive(12)).toBeUndefined();
    expect(log.receive(15)).toEqual({ offset: 15, isSettled: false });
  });

  it('are let go of when they are settled', () => {
    const log = createOffsetLog();
    for (let offset = 0; offset < 100_000; offset += 1) {
      const entry = log.receive(offset);
      if (entry) log.settle(entry);
    }
    expect(log.span()).toBe(0);
    expect(log.next()).toBe(100_000);
  });

  it('tell what is settled behind the first that is not, in turns with what is not', () => {
    const { log, settle } = receiveFive();
    expect(log.runs(10)).toEqual([]);
    settle(11, 12, 14);
    log.receivedUpTo(17);
    // 10 is not, 11 and 12 are, 13 is not, 14 is, and so is what is no record.
    expect(log.runs(10)).toEqual([1, 2, 1, 3]);
    expect(log.runs(2)).toEqual([1, 2]);
    settle(10);
    expect(log.next()).toBe(13);
    expect(log.runs(10)).toEqual([1, 3]);
  });
});
