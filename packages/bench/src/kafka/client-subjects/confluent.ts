import { KafkaJS } from '@confluentinc/kafka-javascript';
import type { ClientSubject } from '../client-subject.ts';
import { headersOf, type Payload } from '../task.ts';

const clientOf = (brokers: readonly string[]) =>
  new KafkaJS.Kafka({ kafkaJS: { brokers: [...brokers], logLevel: KafkaJS.logLevel.NOTHING } });

/** Commits after each batch that it is given, of 1,000 tasks at most. */
export const subject: ClientSubject = {
  async producer({ brokers, topic }) {
    const producer = clientOf(brokers).producer({
      kafkaJS: { idempotent: true, acks: -1 },
      // Whoever waits for each task is not to wait for others to come.
      'linger.ms': 0,
    });
    await producer.connect();
    return {
      send: (payloads) =>
        producer.send({
          topic,
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
    const consumer = clientOf(brokers).consumer({
      kafkaJS: { groupId: group, fromBeginning: true, autoCommit: false },
      'js.consumer.max.batch.size': 1000,
      rebalance_cb: assigned,
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic] });
    await consumer.run({
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
