import { afterAll, describe, it } from '@jest/globals';
import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { ContractRun } from '../engine/contract-run.ts';
import { selectGroups } from '../engine/selection.ts';
import { openSession, type Session } from '../engine/session.ts';
import { shareServices } from '../engine/share-services.ts';
import type { TestOptions } from './test-options.ts';
import { testVerdict } from './test-verdict.ts';

export type { TestOptions };

/**
 * Makes a Jest test of every check. A skipped check is a skipped test with its reason; a blocked one fails under CI,
 * and is skipped with its reason elsewhere.
 *
 * Jest cannot skip a test that has begun, so the adapter is opened before its tests are declared: wait for it at the
 * top of the test file, which Jest then has to run as an ES module (`node --experimental-vm-modules`).
 *
 * @throws what a subject throws when it cannot be opened.
 * @example
 * ```ts no-run: only Jest can run it
 * import { contractTests } from '@aiwork/contract-tests/jest';
 * import contract from './contract.js';
 *
 * await contractTests(contract, { profiles: ['core'] });
 * ```
 * @since 0.1.0
 */
export async function contractTests(
  runs: ContractRun | readonly ContractRun[],
  options: TestOptions = {},
): Promise<void> {
  const services = shareServices(runs);
  const sessions: Session<AnyAdapter>[] = [];
  async function close(): Promise<void> {
    await Promise.allSettled(sessions.map((session) => session.close()));
    await services.release();
  }
  try {
    for (const run of services.runs) sessions.push(await openSession(run, options));
  } catch (error) {
    await close();
    throw error;
  }
  afterAll(close, untimedMs);
  for (const [index, run] of services.runs.entries()) {
    const session = sessions[index];
    if (session) contractTest(run, session, options);
  }
}

/** The engine gives up what takes too long. Jest takes 0 for no time at all; this is the most that a timer can wait. */
const untimedMs = 2 ** 31 - 1;

function contractTest(run: ContractRun, session: Session<AnyAdapter>, options: TestOptions): void {
  const { contract, name } = run;
  const groups = selectGroups(contract, options);
  if (groups.length === 0) return;
  describe(`${contract.id} ${contract.version}: ${name}`, () => {
    for (const group of groups) {
      describe(group.title, () => {
        for (const check of group.checks) {
          const title = `${check.rule} [${check.id}]`;
          const lack = session.lack(check);
          const known = lack && testVerdict({ id: check.id, ...lack });
          if (known?.skip !== undefined) {
            it.skip(`${title}: ${known.skip}`, () => {});
            continue;
          }
          it.concurrent(
            title,
            async () => {
              // What turns out to be blocked only now can no longer be skipped, and is no pass.
              const { fail, skip } = testVerdict(await session.run(check));
              if (fail !== undefined || skip !== undefined) throw new Error(fail ?? skip);
            },
            untimedMs,
          );
        }
      });
    }
  });
}
