import { checkTtl, invalidArgument, limitOption } from '@aiwork/core/adapter-kit';

/** How jobs are handed out. @since 0.1.0 */
export interface RedisTaskQueueOptions {
  /**
   * How long a handler has a job without a heartbeat before it is handed to another, in milliseconds, by the clock of the
   * server. All who consume a queue should say the same. Default 30,000.
   */
  readonly leaseMs?: number;
  /** How often a job is handed to a group, at most, before it is dead-lettered; lost deliveries count. Default 5. */
  readonly maxDeliveries?: number;
  /** How long a job that was given back waits, in milliseconds; twice as long each further time. Default 100. */
  readonly minRedeliveryMs?: number;
  /** But never longer than this, in milliseconds. Default 10,000. */
  readonly maxRedeliveryMs?: number;
  /**
   * How often a consumer that found nothing asks again, at most every so many milliseconds: what it waits for at worst,
   * against what it costs the server. Default 100.
   */
  readonly pollMs?: number;
  /** Largest job, in bytes of its JSON in UTF-8. Default 1 MiB. */
  readonly maxJobBytes?: number;
}

/** How jobs are handed out, with nothing left open. */
export type QueueRules = Required<RedisTaskQueueOptions>;

/** @throws `AIWORK_INVALID_ARGUMENT` naming the option that makes no sense. */
export function queueRules(options: RedisTaskQueueOptions = {}): QueueRules {
  const { leaseMs = 30_000, maxDeliveries = 5, minRedeliveryMs = 100, maxRedeliveryMs = 10_000 } = options;
  const { pollMs = 100, maxJobBytes } = options;
  checkTtl(leaseMs, 'taskQueue.leaseMs');
  checkTtl(pollMs, 'taskQueue.pollMs');
  checkDelay(minRedeliveryMs, 'taskQueue.minRedeliveryMs');
  checkDelay(maxRedeliveryMs, 'taskQueue.maxRedeliveryMs');
  if (!Number.isSafeInteger(maxDeliveries) || maxDeliveries < 1) {
    throw invalidArgument(`taskQueue.maxDeliveries is ${maxDeliveries}: give a whole number of 1 or more`);
  }
  return {
    leaseMs,
    maxDeliveries,
    minRedeliveryMs,
    maxRedeliveryMs,
    pollMs,
    maxJobBytes: limitOption(maxJobBytes, 'taskQueue.maxJobBytes', 1 << 20),
  };
}

/** How long a job waits that was given back after its nth delivery. */
export function redeliveryMs({ minRedeliveryMs, maxRedeliveryMs }: QueueRules, deliveries: number): number {
  return Math.min(maxRedeliveryMs, minRedeliveryMs * 2 ** (deliveries - 1));
}

function checkDelay(delayMs: number, name: string): void {
  if (Number.isFinite(delayMs) && delayMs >= 0) return;
  throw invalidArgument(`${name} is ${delayMs}: give a number of milliseconds of 0 or more`);
}
