import type * as guardrails from '@aiwork/guardrails';
import { findPackage } from '../optional-package.ts';
import { UsageError } from '../usage-error.ts';

export type GuardrailsPackage = Pick<typeof guardrails, 'guardrailPolicy' | 'replayDecisions'>;

/**
 * The package with the guardrails, which not everybody who runs flows needs.
 *
 * @throws `AIWORK_USAGE` saying how to install it when it is not there.
 */
export async function guardrailsPackage(files: readonly string[]): Promise<GuardrailsPackage> {
  const url = findPackage('@aiwork/guardrails', files);
  if (url === undefined) {
    throw new UsageError('@aiwork/guardrails is not installed', { hint: 'npm install @aiwork/guardrails' });
  }
  return import(url);
}
