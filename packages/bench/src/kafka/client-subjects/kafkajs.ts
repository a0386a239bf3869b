import { Kafka, logLevel } from 'kafkajs';
import type { ClientSubject } from '../client-subject.ts';
import { headersOf, type Payload } from '../task.ts';

const clientOf = (brokers: readonly string[]) =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });

/** Commits after each batch that it is given, which is all that a fetch brought of a partition. */
export const subject: ClientSubject = {
  async producer({ brokers, topic }) {
    const producer = clientOf(brokers).producer({ idempotent: true, allowAutoTopicCreation: false });
    await producer.connect();
    return {
      send: (payloads) =>
        producer.send({
          topic,
          acks: -1,
          messages: payloads.map((payload) => ({
            key: payload.key,
            value: JSON.stringify(payload),
            headers: headersOf(payload),
          })),
        }),
      close: () => producer.disconnect(),
    };
  },
  async consumer({ brokers, topic }, { group, partitions, assigned, handle }) {
    const consumer = clientOf(brokers).consumer({ groupId: group, allowAutoTopicCreation: false });
    consumer.on(consumer.events.GROUP_JOIN, assigned);
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: partitions,
      async eachBatch({ batch: { partition, messages }, resolveOffset }) {
        for (const { value, offset } of messages) {
          await handle(JSON.parse(String(value)) as Payload);
          resolveOffset(offset);
        }
        const last = messages.at(-1);
        if (last)
          await consumer.commitOffsets([{ topic, partition, offset: String(Number(last.offset) + 1) }]);
      },
    });
    return { close: () => consumer.disconnect() };
  },
};
