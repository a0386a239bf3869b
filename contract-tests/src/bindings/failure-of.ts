import type { CheckResult } from '../engine/report.ts';

/** What makes a test of this check fail: it failed, or it could not be run where it should have been. */
export function failureOf({ id, outcome, failure, reason }: CheckResult): string | undefined {
  if (outcome === 'blocked') return `${id} is blocked: ${reason}`;
  return outcome === 'failed' ? failure?.message : undefined;
}
