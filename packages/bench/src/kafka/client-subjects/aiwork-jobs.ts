import { kafkaTasks } from '@aiwork/kafka';
import type { ClientSubject } from '../client-subject.ts';
import type { Payload } from '../task.ts';

/** The queue that the engine works with: tasks are jobs, and those of a batch one call. */
export const subject: ClientSubject = {
  async producer({ brokers }) {
    const { queue, close } = await kafkaTasks({ brokers });
    return { send: (payloads) => queue.enqueue(payloads), close };
  },
  async consumer({ brokers, queue: name }, { group, partitions, assigned, handle }) {
    const { queue, observe, close } = await kafkaTasks({ brokers });
    observe(({ type }) => {
      if (type === 'rebalanced') assigned();
    });
    const { signal } = new AbortController();
    const working = queue.consume({ queues: [name], group, concurrency: partitions, signal }, (job) =>
      handle(job as Payload),
    );
    return {
      async close() {
        await close();
        await working;
      },
    };
  },
};
