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
  const known = new Set<string>();
  const question = { where, timeoutMs: settings.callTimeoutMs };

  async function missingOf(topics: readonly string[], signal: AbortSignal | undefined) {
    const unknown = [...new Set(topics)].filter((topic) => !known.has(topic));
    if (unknown.length === 0) return [];
    const there = await bounded({ ...question, what: 'list its topics', signal }, () =>
      driver.existing(unknown),
    );
    for (const topic of there) known.add(topic);
    return unknown.filter((topic) => !there.has(topic));
  }

  return {
    async require(topics, kind, signal) {
      const missing = await missingOf(topics, signal);
      if (missing.length === 0) return;
      if (settings.topics === false) {
        throw new AiworkError(
          'AIWORK_QUEUE_FAILED',
          `${where} has no topic ${missing.join(', ')}: create it, or let this package do so (topics)`,
          { outcome: 'not-applied' },
        );
      }
      const { partitions, replicationFactor, retentionMs } = settings.topics;
      const shape = kind === 'tasks' ? { partitions, retentionMs } : { partitions: 1, retentionMs: -1 };
      await bounded({ ...question, what: `make topic ${missing.join(', ')}`, signal }, async () => {
        await driver.create(missing.map((topic) => ({ topic, replicationFactor, ...shape })));
        while (!(await driver.led(missing))) await delay(ledPollMs);
      });
      for (const topic of missing) known.add(topic);
    },
    async has(topic, signal) {
      return (await missingOf([topic], signal)).length === 0;
    },
  };
}
