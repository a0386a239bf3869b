import type { PartitionMetadata } from 'kafkajs';
import { describe as about, expect, it } from 'vitest';
import { describe, existing } from './describe-topics.ts';

const refusal = (type: string) => Object.assign(new Error(type), { type });

/** What kafkajs throws where no broker has an answer without an error in it. */
const unanswered = () => Promise.reject(new TypeError("Cannot destructure property 'topicMetadata' of null"));

const partition = (leader: number): PartitionMetadata => ({
  partitionErrorCode: 0,
  partitionId: 0,
  leader,
  replicas: [1],
  isr: [1],
});

/** An admin that is asked about these topics by name, and cannot list them. */
const adminOf = (topics: Readonly<Record<string, number | Error>>) => ({
  listTopics: unanswered,
  async fetchTopicMetadata({ topics: asked = [] }: { topics?: string[] } = {}) {
    const found = asked.map((name) => {
      const leader = topics[name] ?? refusal('UNKNOWN_TOPIC_OR_PARTITION');
      if (leader instanceof Error) throw leader;
      return { name, partitions: [partition(leader)] };
    });
    return { topics: found };
  },
});

about('topics', () => {
  it('are found though one that is not asked about has no leader', async () => {
    const admin = adminOf({ mine: 1, moving: refusal('LEADER_NOT_AVAILABLE') });
    expect([...(await existing(admin, ['mine', 'moving', 'none']))]).toEqual(['mine', 'moving']);
  });

  it('are led when every partition is', async () => {
    const admin = adminOf({ led: 1, moving: -1 });
    expect(await describe(admin, ['led'])).toBe('led');
    expect(await describe(admin, ['led', 'moving'])).toBe('leaderless');
    expect(await describe(admin, ['led', 'none'])).toBe('missing');
    expect(await describe({ ...admin, fetchTopicMetadata: unanswered }, ['led'])).toBe('leaderless');
  });

  it('that may not be asked about are refused', async () => {
    const refused = refusal('TOPIC_AUTHORIZATION_FAILED');
    await expect(describe(adminOf({ secret: refused }), ['secret'])).rejects.toBe(refused);
    await expect(existing(adminOf({ secret: refused }), ['secret'])).rejects.toBe(refused);
  });
});
