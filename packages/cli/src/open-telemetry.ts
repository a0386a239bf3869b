import type { OpenTelemetry } from '@aiwork/telemetry';
import { findPackage } from './optional-package.ts';
import { UsageError } from './usage-error.ts';

type TelemetryPackage = Pick<typeof import('@aiwork/telemetry'), 'createTelemetry'>;

export interface QueueOptions {
  readonly queue?: readonly string[];
  readonly group?: string;
}

/**
 * Measures what this process does, and the queues that it takes work from, by a package that not everybody who runs flows
 * needs.
 *
 * @throws `AIWORK_USAGE` saying how to install it when it is not there.
 */
export async function openTelemetry(
  files: readonly string[],
  { queue: queues = [], group = 'aiwork' }: QueueOptions,
): Promise<OpenTelemetry> {
  const url = findPackage('@aiwork/telemetry', files);
  if (url === undefined) {
    throw new UsageError('@aiwork/telemetry is not installed', { hint: 'npm install @aiwork/telemetry' });
  }
  const { createTelemetry }: TelemetryPackage = await import(url);
  return createTelemetry({ queues: queues.map((queue) => ({ queue, group })) });
}
