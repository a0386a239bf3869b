import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { KafkaDriver, ReaderListener } from '../driver/driver.ts';
import { joinGroup } from './membership.ts';

const sessionTimeoutMs = 200;

/** A membership with a reader that does what the test says. */
async function joined() {
  let said: ReaderListener | undefined;
  const reader = {
    member: () => 'member',
    pause: vi.fn(),
    resume: vi.fn(),
    commit: vi.fn(async () => {}),
    close: vi.fn(async () => {}),
  };
  const driver: Pick<KafkaDriver, 'committed' | 'openReader'> = {
    committed: async () => new Map(),
    async openReader(_, listener) {
      said = listener;
      return reader;
    },
  };
  const listener = {
    ready: vi.fn(),
    lost: vi.fn(),
    rebalancing: vi.fn(),
    rebalanced: vi.fn(),
    suspected: vi.fn(),
    begun: vi.fn(),
    failed: vi.fn(),
  };
  const membership = await joinGroup(
    { driver, topic: 't', group: 'g', sessionTimeoutMs, worker: 'me' },
    listener,
  );
  if (!said) throw new Error('no reader was opened');
  return { membership, reader, listener, says: said };
}

const batch = (count: number) => ({
  partition: 0,
  records: Array.from({ length: count }, (_, offset) => ({
    offset,
    key: undefined,
    value: Buffer.of(),
    headers: {},
    sentAt: 0,
  })),
  nextOffset: count,
  high: count,
});

it('joins anew when the group still counts on it after it gave up its partitions', async () => {
  const { membership, listener, says } = await joined();
  says.assigned([0], 'anew');
  await vi.waitUntil(() => listener.lost.mock.calls.length === 1, 60_000);
  expect(listener.failed).not.toHaveBeenCalled();
  says.alive();
  expect(listener.failed).toHaveBeenCalledOnce();
  await membership.leave();
});

it('goes on with what it is given after it was silent for too long', async () => {
  const { membership, listener, says } = await joined();
  says.assigned([0], 'anew');
  await vi.waitUntil(() => listener.lost.mock.calls.length === 1, 60_000);
  says.assigned([0], 'anew');
  says.alive();
  says.records(batch(1));
  await vi.waitUntil(() => listener.ready.mock.calls.length === 1, 60_000);
  expect(listener.failed).not.toHaveBeenCalled();
  await membership.leave();
});

it('reads no more of a partition before it knows what was done there, and of one that was lost when it is back', async () => {
  const { membership, reader, listener, says } = await joined();
  says.assigned([0, 1], 'anew');
  says.records(batch(600));
  expect(reader.pause.mock.calls).toEqual([[0]]);
  await vi.waitUntil(() => listener.ready.mock.calls.length === 1, 60_000);
  await delay(20);
  expect(reader.resume).not.toHaveBeenCalled();
  says.assigned([1], 'continued');
  expect(reader.resume.mock.calls).toEqual([[0]]);
  await membership.leave();
});
