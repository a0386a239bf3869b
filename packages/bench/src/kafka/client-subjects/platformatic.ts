import { setImmediate as turn } from 'node:timers/promises';
import { Consumer, type Message, Producer, stringSerializers } from '@platformatic/kafka';
import type { ClientSubject } from '../client-subject.ts';
import { headersOf, type Payload } from '../task.ts';

const commitEvery = 1000;

export const subject: ClientSubject = {
  async producer({ brokers, topic }) {
    const producer = new Producer({
      clientId: 'bench',
      bootstrapBrokers: [...brokers],
      serializers: stringSerializers,
      idempotent: true,
    });
    return {
      send: (payloads) =>
        producer.send({
          acks: -1,
          messages: payloads.map((payload) => ({
            topic,
            key: payload.key,
            value: JSON.stringify(payload),
            headers: headersOf(payload),
          })),
        }),
      close: () => producer.close(),
    };
  },
  async consumer({ brokers, topic }, { group, assigned, handle }) {
    const consumer = new Consumer({ clientId: 'bench', groupId: group, bootstrapBrokers: [...brokers] });
    consumer.on('consumer:group:join', assigned);
    const stream = await consumer.consume({
      topics: [topic],
      autocommit: false,
      mode: 'committed',
      fallbackMode: 'earliest',
    });
    const handled = new Map<number, Message>();
    async function commit(): Promise<void> {
      const offsets = Array.from(handled.values(), ({ partition, offset, leaderEpoch }) => ({
        topic,
        partition,
        offset: offset + 1n,
        leaderEpoch,
      }));
      handled.clear();
      if (offsets.length > 0) await consumer.commit({ offsets });
    }
    // One after the other: handlers here take no time, and the stream is the same for all partitions.
    async function work(): Promise<void> {
      let sinceCommit = 0;
      for await (const message of stream) {
        await handle(JSON.parse(message.value.toString()) as Payload);
        handled.set(message.partition, message);
        sinceCommit += 1;
        if (sinceCommit % commitEvery === 0) await commit();
      }
    }
    const working = work();
    return {
      async close() {
        // The last task is noted after its handler.
        await turn();
        await commit();
        await stream.close();
        await working;
        await consumer.close(true);
      },
    };
  },
};
