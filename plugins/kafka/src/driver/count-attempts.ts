import type { Message, RecordMetadata } from 'kafkajs';

/** What kafkajs tries to send of one batch: it tells only how the last attempt ended, and of that one error. */
export interface Attempts {
  /** A message is about to be sent to a partition, perhaps once more. */
  add(topic: string, partition: number, message: Message): void;
  /** Whether there was more to be stored than what the last reply tells. */
  mayHaveStored(): boolean;
  areAllIn(stored: readonly RecordMetadata[]): boolean;
}

export function countAttempts(): Attempts {
  const partitions = new Set<string>();
  const messages = new WeakSet<Message>();
  let isAgain = false;
  return {
    add(topic, partition, message) {
      isAgain ||= messages.has(message);
      messages.add(message);
      partitions.add(nameOf(topic, partition));
    },
    mayHaveStored: () => isAgain || partitions.size > 1,
    areAllIn(stored) {
      const answered = new Set(stored.map(({ topicName, partition }) => nameOf(topicName, partition)));
      return [...partitions].every((name) => answered.has(name));
    },
  };
}

function nameOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
