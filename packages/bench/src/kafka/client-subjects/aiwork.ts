import { kafkaTasks } from '@aiwork/kafka';
import type { ClientSubject } from '../client-subject.ts';
import type { Payload } from '../task.ts';

/** Tasks with any payload. Those of a batch are produced one by one, and waited for together. */
export const subject: ClientSubject = {
  async producer({ brokers, queue }) {
    const tasks = await kafkaTasks({ brokers });
    return {
      send: (payloads) =>
        Promise.all(payloads.map((payload) => tasks.produceTask(queue, payload, { key: payload.key }))),
      close: () => tasks.close(),
    };
  },
  async consumer({ brokers, queue }, { group, partitions, assigned, handle }) {
    const tasks = await kafkaTasks({ brokers });
    tasks.observe(({ type }) => {
      if (type === 'rebalanced') assigned();
    });
    const { signal } = new AbortController();
    const working = tasks.consumeTasks<Payload>({ queue, group, concurrency: partitions, signal }, handle);
    return {
      async close() {
        await tasks.close();
        await working;
      },
    };
  },
};
