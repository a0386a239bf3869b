import { createMemoryTaskQueue, definePlugin, type OrchestratorOptions } from '@aiwork/core';

/** A queue whose worker gives everything up, with as many dead letters as DEAD_LETTERS says. */
const hopeless = definePlugin({
  name: 'hopeless',
  async setup(host) {
    const queue = createMemoryTaskQueue({ maxDeliveries: 1 });
    const count = Number(process.env['DEAD_LETTERS']);
    const given = Array.from({ length: count }, (_, index) => index + 1);
    await queue.enqueue(
      given.map((number) => ({
        id: `job ${number}`,
        queue: 'pages',
        runId: `run-${number}`,
        stepId: 'fetch',
        attempt: 1,
        priority: 0,
        key: 'site',
      })),
    );
    const { signal } = new AbortController();
    void queue.consume({ queues: ['pages'], group: 'aiwork', concurrency: 1, signal }, async ({ runId }) => {
      throw new Error(`no page\nfor ${runId}`, { cause: new Error('404') });
    });
    while ((await queue.depth('pages', 'aiwork')).deadLettered < count) await new Promise(setImmediate);
    host.provide('queue', queue);
    return queue;
  },
});

export const aiwork: OrchestratorOptions = { plugins: [hopeless()] };
