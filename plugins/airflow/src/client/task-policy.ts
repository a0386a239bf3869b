import type { PolicyData } from '@aiwork/core';
import { type Fields, isFields } from './json-fields.ts';

/** How a task is run, as far as a step can be run so; nothing where nothing is said. */
export function policyOf(task: Fields, unread: string[]): PolicyData | undefined {
  const retry = retryOf(task);
  const timeout = secondsOf(task['execution_timeout']);
  const priority = typeof task['priority_weight'] === 'number' ? task['priority_weight'] : 1;
  const pool = task['pool'];
  if (typeof pool === 'string' && pool !== 'default_pool') {
    unread.push(`the pool ${pool} of task ${String(task['task_id'])}: concurrency is no part of it`);
  }
  const policy = {
    ...(retry && { retry }),
    ...(timeout !== undefined && { timeout: timeout * 1000 }),
    // Airflow's default is 1, a step's is 0.
    ...(priority !== 1 && { priority: priority - 1 }),
  };
  return Object.keys(policy).length > 0 ? policy : undefined;
}

function retryOf(task: Fields): PolicyData['retry'] | undefined {
  const retries = typeof task['retries'] === 'number' ? task['retries'] : 0;
  if (retries < 1) return undefined;
  const delay = secondsOf(task['retry_delay']);
  const longest = secondsOf(task['max_retry_delay']);
  // A factor in newer versions, a switch in older ones.
  const exponential = task['retry_exponential_backoff'];
  return {
    maxAttempts: retries + 1,
    backoff:
      exponential === true || (typeof exponential === 'number' && exponential > 0) ? 'exponential' : 'fixed',
    ...(delay !== undefined && { minDelay: delay * 1000 }),
    maxDelay: (longest ?? Math.max(24 * 60 * 60, delay ?? 0)) * 1000,
    jitter: false,
  };
}

/** A length of time as the API gives it: in parts, in seconds, or as an ISO 8601 duration. */
export function secondsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return isoSeconds(value);
  if (!isFields(value)) return undefined;
  const part = (name: string) => (typeof value[name] === 'number' ? value[name] : 0);
  return part('days') * 86_400 + part('seconds') + part('microseconds') / 1e6;
}

function isoSeconds(text: string): number | undefined {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text);
  if (!match) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return days * 86_400 + hours * 3600 + minutes * 60 + seconds;
}
