import { definePlugin, type Plugin } from '@aiwork/core';
import { createTaskQueue, type TaskQueueOptions } from './task-queue.ts';

export { createTaskQueue, type TaskQueueOptions } from './task-queue.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export function myPlugin(options: TaskQueueOptions = {}): Plugin {
  return definePlugin({
    name: 'my-plugin',
    setup(host) {
      const queue = createTaskQueue(options);
      host.provide('queue', queue);
      return queue; // closed when the orchestrator is
    },
  })();
}
