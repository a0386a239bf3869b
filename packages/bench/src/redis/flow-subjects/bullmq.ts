import { type FlowJob, FlowProducer, type Job, Queue, Worker } from 'bullmq';
import { addOne, type FlowSubject } from '../flow-subject.ts';

async function perform(job: Job): Promise<number> {
  if (job.name === 'first') return addOne(0);
  const [before] = Object.values(await job.getChildrenValues<number>());
  return addOne(before as number);
}

/** BullMQ runs the children of a job before the job, so a chain is a tree one branch wide with its first step deepest. */
function chain(queueName: string, steps: number): FlowJob {
  let last: FlowJob = { name: 'first', queueName };
  for (let i = 1; i < steps; i += 1) last = { name: 'next', queueName, children: [last] };
  return last;
}

/** A step is a job; all are added, in bulk, before the worker begins. A run counts when its last job is completed. */
export const subject: FlowSubject = {
  async prepare(url, { steps, concurrency }) {
    const connection = { url, maxRetriesPerRequest: null };
    const queueName = `chain-${steps}`;
    const queue = new Queue(queueName, { connection });
    const producer = new FlowProducer({ connection });
    const worker = new Worker(queueName, perform, { connection, concurrency, autorun: false });
    worker.on('error', () => {});
    await Promise.all([queue.waitUntilReady(), producer.waitUntilReady(), worker.waitUntilReady()]);
    const { promise: failed, reject } = Promise.withResolvers<never>();
    failed.catch(() => {});
    worker.on('failed', (_job, error) => reject(error));
    let awaited = 0;
    let finished = () => {};
    worker.on('completed', (_job: Job, result: number) => {
      if (result !== steps) return;
      awaited -= 1;
      if (awaited === 0) finished();
    });

    const add = (count: number) =>
      steps === 1
        ? queue.addBulk(Array.from({ length: count }, () => ({ name: 'first', data: {} })))
        : producer.addBulk(Array.from({ length: count }, () => chain(queueName, steps)));

    return {
      async run(count) {
        awaited = count;
        const done = new Promise<void>((resolve) => {
          finished = resolve;
        });
        await worker.pause(true);
        const start = performance.now();
        await add(count);
        const addedMs = performance.now() - start;
        await worker.resume();
        await Promise.race([done, failed]);
        return { addedMs, totalMs: performance.now() - start };
      },
    };
  },
};
