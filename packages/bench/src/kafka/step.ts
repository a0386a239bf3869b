import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { defineTask, type OrchestratorOptions } from '@aiwork/core';
import { kafka } from '@aiwork/kafka';
import { redis } from '@aiwork/redis';
import { z } from 'zod';

/** What a step does, so many milliseconds long. */
export interface StepWork {
  readonly kind: 'wait' | 'compute';
  readonly ms: number;
}

/** The services that all processes share. */
export interface Servers {
  readonly brokers: readonly string[];
  readonly redisUrl: string;
}

/** A step that workers of the queue take. */
export function stepOf(queue: string) {
  return defineTask({
    id: `step-of-${queue}`,
    queue,
    input: z.object({ kind: z.enum(['wait', 'compute']), ms: z.number() }),
    async run({ kind, ms }) {
      if (kind === 'wait') await delay(ms);
      else compute(ms);
      return process.pid;
    },
  });
}

/** For so many milliseconds of processor time, however many others want the processor. */
function compute(ms: number): void {
  const used = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  const end = used() + ms;
  let hash = Buffer.alloc(32);
  while (used() < end) {
    for (let i = 0; i < 100; i += 1) hash = createHash('sha256').update(hash).digest();
  }
}

/** Jobs go through Kafka, runs are kept in Redis. */
export function optionsOf({ brokers, redisUrl }: Servers, queue: string): OrchestratorOptions {
  return { units: [stepOf(queue)], plugins: [kafka({ brokers }), redis({ url: redisUrl })] };
}
