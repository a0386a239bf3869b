import { once } from 'node:events';
import { type FlowJob, FlowProducer, type Job, Worker } from 'bullmq';
import { joinStep, type Subject, trivialStep, type Work, workInput } from '../work.ts';

export interface BullmqSubjectOptions {
  /** The Unix socket of a Redis server. */
  readonly socket: string;
}

const queueName = 'bench';

async function perform(job: Job): Promise<number> {
  if (job.name === 'first') return trivialStep(workInput);
  const values = Object.values(await job.getChildrenValues<number>());
  return job.name === 'join' ? joinStep(values) : trivialStep(values[0] as number);
}

/** BullMQ runs the children of a job before the job, so a chain is a tree one branch wide with its first step deepest. */
function flowOf({ shape, size }: Work): FlowJob {
  const job = (name: string, children: FlowJob[] = []): FlowJob => ({ name, queueName, children });
  if (shape === 'fan-out') {
    const parts = Array.from({ length: size }, () => job('first'));
    return job('join', parts);
  }
  let last = job('first');
  for (let i = 1; i < size; i += 1) last = job('next', [last]);
  return last;
}

/** Flows on Redis, producer and worker in this process, the worker as wide as the fan-out. */
export const subject: Subject<BullmqSubjectOptions> = {
  async prepare(work, { socket }) {
    const connection = { path: socket, maxRetriesPerRequest: null };
    const prefix = `${work.shape}-${work.size}`;
    const producer = new FlowProducer({ connection, prefix });
    const worker = new Worker(queueName, perform, { connection, prefix, concurrency: work.size });
    await worker.waitUntilReady();
    const waiting = new Map<string, (result: number) => void>();
    worker.on('completed', (job: Job, result: number) => waiting.get(job.id as string)?.(result));
    worker.on('error', () => {});
    const failed = once(worker, 'failed').then(([, error]): never => {
      throw error;
    });
    failed.catch(() => {});
    const flow = flowOf(work);
    let runs = 0;
    return {
      async run() {
        runs += 1;
        const jobId = `run-${runs}`;
        const finished = new Promise<number>((resolve) => void waiting.set(jobId, resolve));
        await producer.add({ ...flow, opts: { jobId } });
        const result = await Promise.race([finished, failed]);
        waiting.delete(jobId);
        return result;
      },
    };
  },
};
