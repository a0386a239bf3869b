import { setTimeout as delay } from 'node:timers/promises';
import { AiworkError } from '@aiwork/core';
import { bounded } from './bounded.ts';
import type { KafkaDriver } from './driver/driver.ts';
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
  /** Whether it is there. */
  has(topic: string, signal?: AbortSignal): Promise<boolean>;
}

const ledPollMs = 25;

export function createTopics(driver: KafkaDriver, where: string, settings: Settings): Topics {
  /** Those that are led: whoever reads one before that is assigned nothing of it, for long. */
  const known = new Set<string>();
  const question = { where, timeoutMs: settings.callTimeoutMs };

  return {
    async require(topics, kind, signal) {
      const unknown = [...new Set(topics)].filter((topic) => !known.has(topic));
      if (unknown.length === 0) return;
      const missing = await missingOf(unknown, signal);
      if (missing.length > 0) await make(missing, kind, signal);
      await bounded({ ...question, what: `lead topic ${unknown.join(', ')}`, signal }, async () => {
        while (!(await driver.led(unknown))) await delay(ledPollMs, undefined, { signal });
      });
      for (const topic of unknown) known.add(topic);
    },
    has: async (topic, signal) => known.has(topic) || (await missingOf([topic], signal)).length === 0,
  };

  async function missingOf(topics: readonly string[], signal: AbortSignal | undefined) {
    const there = await bounded({ ...question, what: 'list its topics', signal }, () =>
      driver.existing(topics),
    );
    return topics.filter((topic) => !there.has(topic));
  }

  async function make(topics: readonly string[], kind: TopicKind, signal: AbortSignal | undefined) {
    if (settings.topics === false) {
      throw new AiworkError(
        'AIWORK_QUEUE_FAILED',
        `${where} has no topic ${topics.join(', ')}: create it, or let this package do so (topics)`,
        { outcome: 'not-applied' },
      );
    }
    const { partitions, replicationFactor, retentionMs } = settings.topics;
    const shape = kind === 'tasks' ? { partitions, retentionMs } : { partitions: 1, retentionMs: -1 };
    await bounded({ ...question, what: `make topic ${topics.join(', ')}`, signal }, () =>
      driver.create(topics.map((topic) => ({ topic, replicationFactor, ...shape }))),
    );
  }
}
