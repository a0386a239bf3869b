import type { Message, TopicMessages } from 'kafkajs';
import type { OutgoingRecord } from './driver.ts';

/** As kafkajs takes them. */
export function byTopic(records: readonly OutgoingRecord[]): TopicMessages[] {
  const groups = Object.groupBy(records, ({ topic }) => topic);
  return Object.entries(groups).map(([topic, ofTopic = []]) => ({ topic, messages: ofTopic.map(toMessage) }));
}

function toMessage({ key, value, headers }: OutgoingRecord): Message {
  return { key: key === undefined ? null : Buffer.from(key), value, headers: { ...headers } };
}
