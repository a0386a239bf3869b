import type { Admin } from 'kafkajs';
import { isPassing, rootOf } from '../kafka-errors.ts';

type TopicAdmin = Pick<Admin, 'listTopics' | 'fetchTopicMetadata'>;

/**
 * Those of `topics` that there are. One request tells of all topics, unless one of them, whoever's it is, has no leader:
 * kafkajs then gives no answer at all.
 */
export async function existing(admin: TopicAdmin, topics: readonly string[]): Promise<ReadonlySet<string>> {
  const all = await admin.listTopics().catch(unlessUnanswered);
  if (all) {
    const found = new Set(all);
    return new Set(topics.filter((topic) => found.has(topic)));
  }
  const states = await Promise.all(topics.map((topic) => describe(admin, [topic])));
  return new Set(topics.filter((_, index) => states[index] !== 'missing'));
}

/** How the worst of them is. */
export async function describe(
  admin: TopicAdmin,
  topics: readonly string[],
): Promise<'led' | 'leaderless' | 'missing'> {
  try {
    const found = await admin.fetchTopicMetadata({ topics: [...topics] }).catch(unlessUnanswered);
    const isLed = found?.topics.every(
      ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
    );
    return isLed ? 'led' : 'leaderless';
  } catch (error) {
    if (rootOf(error).type === 'UNKNOWN_TOPIC_OR_PARTITION') return 'missing';
    if (isPassing(error)) return 'leaderless';
    throw error;
  }
}

/** Where no broker has an answer without an error in it, kafkajs takes nothing for the answer. */
function unlessUnanswered(error: unknown): undefined {
  if (!(error instanceof TypeError)) throw error;
}
