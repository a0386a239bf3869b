import type { TaskQueue } from '@aiwork/core';
import { createCallGate } from '@aiwork/core/adapter-kit';
import { connect } from '../connection.ts';
import { keyspaceOf } from '../keyspace.ts';
import { queueRules, type RedisTaskQueueOptions } from './queue-options.ts';
import { createRedisTaskQueue } from './task-queue.ts';

export async function openQueue(options: {
  readonly url: string;
  readonly namespace: string;
  readonly keyPrefix?: string;
  readonly commandTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly durability?: 'service-restart' | 'service-kill';
  readonly taskQueue?: RedisTaskQueueOptions;
}): Promise<TaskQueue> {
  const { namespace, keyPrefix = 'aiwork:', commandTimeoutMs = 2000, durability = 'service-restart' } = options;
  const connection = await connect(options);
  const gate = createCallGate('the task queue', () => connection.close());
  return createRedisTaskQueue({
    connection,
    gate,
    durability,
    commandTimeoutMs,
    keyspace: keyspaceOf({ keyPrefix, namespace }),
    rules: queueRules(options.taskQueue),
  });
}
