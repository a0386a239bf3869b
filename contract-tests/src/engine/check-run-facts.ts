import { AiworkError } from '@aiwork/core';
import type { AnyAdapter } from './any-adapter.ts';
import { checksOf } from './contract.ts';
import type { ContractRun } from './contract-run.ts';

/**
 * Refuses a run that says what cannot be.
 *
 * @throws `AIWORK_USAGE` for a name that is not one line, which reports, tables and terminals could not show, and for a
 * known failure of a check that there is not, which would hide nothing for ever.
 */
export function checkRunFacts<A extends AnyAdapter>({ contract, name, knownFailures }: ContractRun<A>): void {
  if (name.trim() === '' || /\p{Cc}|\u2028|\u2029/u.test(name)) {
    throw new AiworkError(
      'AIWORK_USAGE',
      `the subject's name ${JSON.stringify(name)} is empty or has control characters: give it a name of one line`,
    );
  }
  const ids = new Set(checksOf(contract).map(({ id }) => id));
  const unknown = Object.keys(knownFailures ?? {}).filter((id) => !ids.has(id));
  if (unknown.length > 0) {
    throw new AiworkError(
      'AIWORK_USAGE',
      `${name} names known failures of checks that ${contract.id} ${contract.version} does not have: ${unknown.map((id) => JSON.stringify(id)).join(', ')}; take them off the list, or correct their ids`,
    );
  }
}
