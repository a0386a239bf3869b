import { definePlugin, type Plugin } from '@aiwork/core';
import { kafkaTasks } from './kafka-tasks.ts';
import type { KafkaOptions } from './options.ts';

/** What {@link kafka} takes. @since 0.1.0 */
export interface KafkaPluginOptions extends KafkaOptions {
  /** What the queue is asked for by, as in `use('queue', name)`. Default `@aiwork/kafka`. */
  readonly name?: string;
}

/**
 * The plugin: fills the slot `queue`, so that flows hand their runs to workers in other processes. What is lost, retried or
 * given up is logged.
 *
 * @example
 * ```ts no-run: needs Kafka
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { kafka } from '@aiwork/kafka';
 * import { z } from 'zod';
 *
 * const greet = defineTask({ id: 'greet', queue: 'greetings', input: z.string(), run: (name) => `hello, ${name}` });
 * await using ai = createOrchestrator({ plugins: [kafka({ brokers: ['localhost:9092'] })], units: [greet] });
 * await using worker = await ai.worker({ queues: ['greetings'], group: 'greeters', concurrency: 4 });
 * ```
 * @since 0.1.0
 */
export function kafka(options: KafkaPluginOptions = {}): Plugin {
  const { name = '@aiwork/kafka', ...tasksOptions } = options;
  return definePlugin({
    name: '@aiwork/kafka',
    async setup(host, _options, signal) {
      const tasks = await kafkaTasks(tasksOptions, signal);
      tasks.observe((event) => {
        const { type, ...data } = event;
        // Workers come and go, and nobody has to do anything about it.
        const isUsual = event.type === 'rebalanced' || (event.type === 'lost' && event.inFlight === 0);
        host.log[isUsual ? 'debug' : 'warn'](`kafka: ${type}`, data);
      });
      host.provide('queue', tasks.queue, { name });
      return tasks;
    },
  })();
}
