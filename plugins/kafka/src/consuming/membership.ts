import { setTimeout as delay } from 'node:timers/promises';
import { AiworkError } from '@aiwork/core';
import type { Commit, KafkaDriver, Reader, ReaderListener } from '../driver/driver.ts';
import type { Tenure } from './custody.ts';
import { createPartitionWork, type Delivery, type PartitionWork } from './partition-work.ts';
import { createTakeOvers } from './take-over.ts';

export interface MembershipOptions {
  readonly driver: Pick<KafkaDriver, 'openReader' | 'committed'>;
  readonly topic: string;
  readonly group: string;
  readonly sessionTimeoutMs: number;
  /** Names this worker in notes to others. */
  readonly worker: string;
  readonly formerMember?: string | undefined;
}

/** What a membership tells. */
export interface MembershipListener {
  ready(deliveries: readonly Delivery[]): void;
  lost(partitions: readonly PartitionWork[]): void;
  /** Nothing is committed until it is rebalanced. */
  rebalancing(): void;
  rebalanced(partitions: number): void;
  /** One was taken over whose records are to be handed out alone. */
  suspected(partition: PartitionWork): void;
  /** What there was is read, or the first of it. */
  begun(): void;
  /** It ended by itself; all partitions are lost. */
  failed(error: unknown): void;
}

/** One member of a consumer group: which partitions are its own, what comes of them, and how far they are committed. */
export interface Membership {
  member(): string;
  partitions(): readonly PartitionWork[];
  /** Something was settled or given back: commits soon, and reads on where it has room. */
  changed(partition: PartitionWork): void;
  /** Resolves when it is committed which record is handed out, or the partition is lost. */
  announce(partition: PartitionWork): Promise<void>;
  /** Reads no more. */
  stopReading(): void;
  /** Commits, and leaves the group. */
  leave(): Promise<void>;
}

/** Commits are gathered for so long, so that quick tasks do not each ask the broker. */
const commitAfterMs = 20;
const commitRetryMs = 500;
const announceRetryMs = 50;

export async function joinGroup(
  { driver, topic, group, sessionTimeoutMs, worker, formerMember }: MembershipOptions,
  listener: MembershipListener,
): Promise<Membership> {
  const owned = new Map<number, PartitionWork>();
  const paused = new Set<number>();
  let reader: Reader | undefined;
  let isStopped = false;
  let isRebalancing = false;
  let isSilent = false;
  let commitTimer: NodeJS.Timeout | undefined;
  let committing: Promise<void> | undefined;
  let lastSign = performance.now();

  function lose(partitions: readonly PartitionWork[], why: string): void {
    for (const partition of partitions) {
      owned.delete(partition.id);
      // It may come back.
      if (paused.delete(partition.id)) reader?.resume(partition.id);
      partition.lose(new AiworkError('AIWORK_LEASE_LOST', `partition ${partition.id} of ${topic} ${why}`));
    }
    if (partitions.length > 0) listener.lost(partitions);
  }

  // The group gives partitions away when it hears nothing, and a member that is cut off does not hear of it.
  const watch = setInterval(
    () => {
      if (performance.now() - lastSign < sessionTimeoutMs || owned.size === 0) return;
      isSilent = true;
      lose([...owned.values()], `was not heard of for ${sessionTimeoutMs} ms and went to another worker`);
    },
    Math.max(100, sessionTimeoutMs / 20),
  );

  function pause({ id }: PartitionWork): void {
    if (paused.has(id)) return;
    paused.add(id);
    reader?.pause(id);
  }

  function steer(partition: PartitionWork): void {
    const reading = isStopped ? 'pause' : partition.reading();
    if (reading === 'pause') pause(partition);
    else if (reading === 'go on' && paused.delete(partition.id)) reader?.resume(partition.id);
  }

  async function commit(partitions: readonly PartitionWork[], tenure: Tenure): Promise<void> {
    const commits = new Map<PartitionWork, Commit>();
    for (const partition of partitions) {
      const next = partition.toCommit(tenure);
      if (next) commits.set(partition, next);
    }
    if (commits.size === 0) return;
    if (!reader) throw new Error('the reader is being opened');
    await reader.commit(new Map(Array.from(commits, ([{ id }, next]) => [id, next])));
    for (const [partition, next] of commits) partition.committed(next);
  }

  async function announce(partition: PartitionWork, tenure: Tenure): Promise<void> {
    const { signal } = partition;
    while (!signal.aborted) {
      // What was handed out alone before, and is settled, must not count as lost with what is announced here.
      const noted = [...owned.values()].filter(
        (each) => each === partition || (tenure === 'held' && each.isAlone()),
      );
      try {
        // A new owner would take what is announced now for lost.
        if (!isRebalancing) return await commit(noted, tenure);
      } catch {}
      await delay(announceRetryMs, undefined, { signal }).catch(() => {});
    }
  }

  function commitSoon(afterMs: number): void {
    if (commitTimer || isRebalancing || owned.size === 0) return;
    commitTimer = setTimeout(() => {
      committing = commit([...owned.values()], 'held').then(
        () => {
          commitTimer = undefined;
          // What was settled meanwhile.
          if ([...owned.values()].some((partition) => partition.toCommit('held'))) commitSoon(commitAfterMs);
        },
        () => {
          commitTimer = undefined;
          commitSoon(commitRetryMs);
        },
      );
    }, afterMs);
  }

  const takeOvers = createTakeOvers({
    worker,
    committed: () => driver.committed(topic, group),
    announce: (partition) => announce(partition, 'beginning'),
    taken(partition, deliveries) {
      if (partition.isAlone()) listener.suspected(partition);
      if (!isStopped) listener.ready(deliveries);
      steer(partition);
      commitSoon(commitAfterMs);
    },
  });

  const readerListener: ReaderListener = {
    assigned(ids, membership) {
      lastSign = performance.now();
      isRebalancing = false;
      isSilent = false;
      const gone = [...owned.values()].filter(({ id }) => membership === 'anew' || !ids.includes(id));
      lose(gone, 'went to another worker');
      for (const id of ids) {
        if (owned.has(id)) continue;
        const partition = createPartitionWork(id);
        owned.set(id, partition);
        takeOvers.expect(partition);
      }
      for (const partition of owned.values()) steer(partition);
      commitSoon(commitAfterMs);
      listener.rebalanced(ids.length);
    },
    rebalancing() {
      // Still with the old membership: what is committed now is not worked on again elsewhere.
      void commit([...owned.values()], 'released').catch(() => {});
      isRebalancing = true;
      listener.rebalancing();
    },
    records(batch) {
      lastSign = performance.now();
      const partition = owned.get(batch.partition);
      if (!partition) return;
      // How long it takes to learn what was before is not known, nor how much would be read meanwhile.
      if (takeOvers.hold(partition, batch)) return pause(partition);
      const ready = partition.receive(batch);
      if (!isStopped) listener.ready(ready);
      steer(partition);
      if (batch.records.length === 0) commitSoon(commitAfterMs);
    },
    begun() {
      void takeOvers.over().then(() => listener.begun());
    },
    alive() {
      lastSign = performance.now();
      // All was given up, and the group, which heard of it in time after all, gives nothing of it to anybody else.
      if (isSilent)
        readerListener.failed(new Error('the group counts on a member that gave up its partitions'));
    },
    failed(error) {
      clearInterval(watch);
      lose([...owned.values()], 'was lost with the connection');
      listener.failed(error);
    },
  };

  try {
    reader = await driver.openReader(
      { topic, group, sessionTimeoutMs, ...(formerMember && { formerMember }) },
      readerListener,
    );
  } catch (error) {
    clearInterval(watch);
    throw error;
  }
  const { member, close } = reader;
  return {
    member,
    partitions: () => [...owned.values()],
    changed(partition) {
      steer(partition);
      commitSoon(commitAfterMs);
    },
    announce: (partition) => announce(partition, 'held'),
    stopReading() {
      isStopped = true;
      for (const partition of owned.values()) steer(partition);
    },
    async leave() {
      clearInterval(watch);
      clearTimeout(commitTimer);
      await committing;
      await commit([...owned.values()], 'released').catch(() => {});
      clearTimeout(commitTimer);
      owned.clear();
      await close();
    },
  };
}
