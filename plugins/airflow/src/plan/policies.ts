import { type AnyUnit, type Duration, type FlowNode, type PolicyData, toMilliseconds } from '@aiwork/core';
import { type Code, call } from '../python/layout.ts';

export type Arguments = readonly (readonly [name: string, value: Code])[];

/** The unit's policy, replaced field by field by the step's. A sub-flow applies its own limits to its run. */
export function effectivePolicy(node: FlowNode, unit: AnyUnit | undefined): PolicyData {
  if (!unit) return node.policy ?? {};
  const { retry, ...rest } = unit.policy;
  // Which errors are worth another attempt is decided where the code is, by the process that runs the step.
  const ofUnit: PolicyData = retry
    ? { ...rest, retry: (({ retryOn: _, ...fields }) => fields)(retry) }
    : rest;
  if (unit.kind !== 'flow') return { ...ofUnit, ...node.policy };
  return { ...(ofUnit.retry && { retry: ofUnit.retry }), ...node.policy };
}

/** `timedelta(…)` in the largest unit that is exact. */
export function timedelta(duration: Duration): Code {
  const ms = toMilliseconds(duration);
  const [unit, size] = units.find(([, size]) => ms >= size && ms % size === 0) ?? ['milliseconds', 1];
  return call('timedelta', [`${unit}=${ms / size}`]);
}

const units = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1000],
] as const;

/** Airflow's delay before another attempt is that of the flow, or up to twice as long: it has a jitter of its own. */
export function retryArguments({ retry }: PolicyData): Arguments {
  if (!retry || retry.maxAttempts === 1) return [];
  const { minDelay = 200, maxDelay = 30_000 } = retry;
  const first = toMilliseconds(minDelay) < toMilliseconds(maxDelay) ? minDelay : maxDelay;
  return [
    ['retries', String(retry.maxAttempts - 1)],
    ['retry_delay', timedelta(first)],
    ...(retry.backoff === 'fixed'
      ? []
      : ([
          ['retry_exponential_backoff', 'True'],
          ['max_retry_delay', timedelta(maxDelay)],
        ] as const)),
  ];
}

/** Airflow's time-out is a net behind the step's own, and leaves its process time to start and to stop. */
export function timeoutArguments({ timeout }: PolicyData): Arguments {
  if (timeout === undefined) return [];
  const code = timedelta(timeout);
  return [['execution_timeout', [`SLACK + `, code]]];
}
