import { createHash } from 'node:crypto';
import { checkWellFormed } from '@aiwork/core/adapter-kit';

const longest = 80;

/** The names that a queue and its groups have in Kafka. */
export interface TopicNames {
  readonly tasksOf: (queue: string) => string;
  /** Consumer group of those who share the work of a queue. */
  readonly groupOf: (queue: string, group: string) => string;
  readonly deadLettersOf: (queue: string, group: string) => string;
  /** Which dead letters were put back. */
  readonly redrivenOf: (queue: string, group: string) => string;
}

/**
 * Kafka takes letters, digits, `.`, `_` and `-`, and sees no difference between `.` and `_`. So the dot only parts names,
 * and an underscore only begins what is encoded; neither can be mistaken for the other.
 */
export function topicNames(prefix: string): TopicNames {
  const tasksOf = (queue: string) => `${prefix}${encoded(queue, 'the queue')}`;
  const groupOf = (queue: string, group: string) => `${tasksOf(queue)}.${encoded(group, 'the group')}`;
  return {
    tasksOf,
    groupOf,
    deadLettersOf: (queue, group) => `${groupOf(queue, group)}.dead`,
    redrivenOf: (queue, group) => `${groupOf(queue, group)}.redriven`,
  };
}

function encoded(name: string, what: string): string {
  checkWellFormed(name, what);
  const text = name.replaceAll(/[^A-Za-z0-9-]/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `_${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(
      '',
    ),
  );
  if (text.length <= longest) return text;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return `${text.slice(0, longest - 34)}__${hash}`;
}
