import { describe, expect, it } from 'vitest';
import { errorOf } from './kafka-server.fixture.ts';
import { settingsOf } from './options.ts';
import { createTopics } from './topics.ts';

const refusal = (type: string) => Object.assign(new Error(type), { type });

/** Of brokers that tell of their leaders at once. `ranges` are the answers of one that is asked what a topic holds. */
function topicsOf({ there = [], ranges }: { there?: string[]; ranges: (Error | 'served')[] }) {
  const asked: string[] = [];
  const topics = createTopics(
    {
      existing: async (names) => new Set(names.filter((name) => there.includes(name))),
      create: async () => {},
      led: async () => true,
      async rangesOf(topic) {
        asked.push(topic);
        const answer = ranges.shift();
        if (answer instanceof Error) throw answer;
        return [];
      },
    },
    'Kafka',
    settingsOf({}),
  );
  return { topics, asked };
}

describe('a topic that is made', () => {
  it('is ready when its leaders have a place for it, and asked about once', async () => {
    const { topics, asked } = topicsOf({
      there: ['old'],
      ranges: [refusal('NOT_LEADER_FOR_PARTITION'), refusal('UNKNOWN_TOPIC_OR_PARTITION'), 'served'],
    });
    await topics.require(['old', 'new'], 'tasks');
    expect(asked).toEqual(['new', 'new', 'new']);
    await topics.require(['new'], 'tasks');
    expect(asked).toHaveLength(3);
  });

  it('and may not be used is told of at once', async () => {
    const { topics, asked } = topicsOf({ ranges: [refusal('TOPIC_AUTHORIZATION_FAILED'), 'served'] });
    expect(await errorOf(topics.require(['secret'], 'tasks'))).toMatchObject({
      code: 'AIWORK_QUEUE_FAILED',
      retryable: false,
    });
    expect(asked).toEqual(['secret']);
  });
});
