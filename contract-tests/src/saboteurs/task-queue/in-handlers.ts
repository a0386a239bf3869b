import type { ConsumeOptions, JobHandler, TaskQueue } from '@aiwork/core';
import { amongClients } from '../among-clients.ts';
import { inClients } from '../saboteur.ts';

type Around = (handler: JobHandler, options: ConsumeOptions, client: TaskQueue) => JobHandler;

/** A mistake around the handlers of each consumer. */
export const inHandlers = (around: Around) =>
  inClients<TaskQueue>((client) => ({
    consume: (options, handler) => client.consume(options, around(handler, options, client)),
  }));

/** One that the consumers of a namespace make together: they share what `begin` gives. */
export const amongHandlers = <Shared>(
  begin: () => Shared,
  around: (handler: JobHandler, shared: Shared, client: TaskQueue, options: ConsumeOptions) => JobHandler,
) =>
  amongClients<TaskQueue, Shared>(begin, (client, shared) => ({
    consume: (options, handler) => client.consume(options, around(handler, shared, client, options)),
  }));

/** A mistake in the jobs that are enqueued. */
export const inJobs = (change: (job: Parameters<TaskQueue['enqueue']>[0][number]) => object) =>
  inClients<TaskQueue>((client) => ({
    enqueue: (jobs, options) =>
      client.enqueue(
        jobs.map((job) => ({ ...job, ...change(job) })),
        options,
      ),
  }));
