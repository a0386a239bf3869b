import { findPackage } from '../optional-package.ts';
import { UsageError } from '../usage-error.ts';

export type TelemetryPackage = Pick<typeof import('@aiwork/telemetry'), 'createTelemetry'>;

/**
 * The package that measures and traces, which not everybody who runs flows needs.
 *
 * @throws `AIWORK_USAGE` saying how to install it when it is not there.
 */
export async function telemetryPackage(files: readonly string[]): Promise<TelemetryPackage> {
  const url = findPackage('@aiwork/telemetry', files);
  if (url === undefined) {
    throw new UsageError('@aiwork/telemetry is not installed', { hint: 'npm install @aiwork/telemetry' });
  }
  return import(url);
}
