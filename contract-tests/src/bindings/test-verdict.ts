import type { CheckResult } from '../engine/report.ts';

type Ended = Pick<CheckResult, 'id' | 'outcome' | 'failure' | 'reason'>;

interface TestVerdict {
  readonly skip?: string;
  readonly fail?: string;
}

/**
 * What a test of this check has to do; nothing when it passed or is known to fail. Where it could not be run though it
 * should have been, that fails under CI, and is skipped with its reason where somebody sits in front of it.
 */
export function testVerdict({ id, outcome, failure, reason }: Ended): TestVerdict {
  if (outcome === 'failed' && failure) return { fail: failure.message };
  if (outcome === 'skipped') return { skip: reason ?? id };
  if (outcome !== 'blocked') return {};
  const blocked = `${id} is blocked: ${reason}`;
  return process.env['CI'] ? { fail: blocked } : { skip: blocked };
}
