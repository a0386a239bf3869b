import { setTimeout as delay } from 'node:timers/promises';
import { AiworkError } from '@aiwork/core';
import { bounded } from './bounded.ts';
import type { KafkaDriver, NewTopic } from './driver/driver.ts';
import { gather } from './gather.ts';
import { isLasting, isRefusal } from './kafka-errors.ts';
import type { Settings } from './options.ts';

/** `letters` have one partition, so that they keep their order, and are kept for ever. */
export type TopicKind = 'tasks' | 'letters';

/** The topics that there are. */
export interface Topics {
  /**
   * Makes those that are missing.
   *
   * @throws `AIWORK_QUEUE_FAILED` when one is missing and none is to be made.
   */
  require(topics: readonly string[], kind: TopicKind, signal?: AbortSignal): Promise<void>;
  /** Somebody deleted them. */
  forget(topics: readonly string[]): void;
  /** Whether it is there. */
  has(topic: string, signal?: AbortSignal): Promise<boolean>;
}

const pollMs = 25;

type TopicDriver = Pick<KafkaDriver, 'existing' | 'create' | 'led' | 'rangesOf'>;

/** What calls ask at the same time is asked together: whoever begins on many queues at once waits as for one. */
export function createTopics(driver: TopicDriver, where: string, settings: Settings): Topics {
  /** Those that are led: whoever reads one before that is assigned nothing of it, for long. */
  const known = new Set<string>();
  const existing = gather(driver.existing);
  const create = gather(createAll);

  return {
    async require(topics, kind, signal) {
      const unknown = [...new Set(topics)].filter((topic) => !known.has(topic));
      if (unknown.length === 0) return;
      await ask(`have topic ${unknown.join(', ')} ready`, signal, async (over) => {
        const there = await existing(unknown);
        const missing = unknown.filter((topic) => !there.has(topic));
        if (missing.length > 0) await make(missing, kind);
        const pause = () => delay(pollMs, undefined, { signal: over });
        while (!(await driver.led(unknown))) await pause();
        // Who sends to a broker before that is refused at first; of what it sends again, nobody can tell what was stored.
        for (const topic of missing) while (!(await isServed(topic))) await pause();
      });
      for (const topic of unknown) known.add(topic);
    },
    forget(topics) {
      for (const topic of topics) known.delete(topic);
    },
    has: async (topic, signal) =>
      known.has(topic) || (await ask('list its topics', signal, () => existing([topic]))).has(topic),
  };

  function ask<T>(
    what: string,
    signal: AbortSignal | undefined,
    question: (over: AbortSignal) => Promise<T>,
  ) {
    return bounded({ where, what, timeoutMs: settings.callTimeoutMs, signal }, question);
  }

  /** A broker is told of as the leader of a partition a little before it has made a place for it. */
  async function isServed(topic: string): Promise<boolean> {
    try {
      await driver.rangesOf(topic);
      return true;
    } catch (error) {
      if (isRefusal(error) && !isLasting(error)) return false;
      throw error;
    }
  }

  async function make(topics: readonly string[], kind: TopicKind): Promise<void> {
    if (settings.topics === false) {
      throw new AiworkError(
        'AIWORK_QUEUE_FAILED',
        `${where} has no topic ${topics.join(', ')}: create it, or let this package do so (topics)`,
        { outcome: 'not-applied' },
      );
    }
    const { partitions, replicationFactor, retentionMs } = settings.topics;
    const shape = kind === 'tasks' ? { partitions, retentionMs } : { partitions: 1, retentionMs: -1 };
    const refused = await create(topics.map((topic) => ({ topic, replicationFactor, ...shape })));
    for (const topic of topics) if (refused.has(topic)) throw refused.get(topic);
  }

  /** Gives those that were refused, with the reasons. */
  async function createAll(topics: readonly NewTopic[]): Promise<ReadonlyMap<string, unknown>> {
    const distinct = [...new Map(topics.map((each) => [each.topic, each])).values()];
    try {
      await driver.create(distinct);
      return new Map();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const [only] = distinct;
      if (only && distinct.length === 1) return new Map([[only.topic, error]]);
      // One of them may be to blame for all.
      const refused = await Promise.all(distinct.map((each) => createAll([each])));
      return new Map(refused.flatMap((reasons) => [...reasons]));
    }
  }
}
