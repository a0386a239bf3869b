import { afterAll, beforeAll, describe, it } from 'vitest';
import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { ContractRun } from '../engine/contract-run.ts';
import { selectGroups } from '../engine/selection.ts';
import { openSession, type Session } from '../engine/session.ts';
import { shareServices } from '../engine/share-services.ts';
import type { TestOptions } from './test-options.ts';
import { testVerdict } from './test-verdict.ts';

export { serviceForTests } from './service-for-tests.ts';
export type { TestOptions };

/**
 * Makes a Vitest test of every check. A skipped check is a skipped test with its reason; a blocked one
 * fails under CI, and is skipped with its reason elsewhere.
 *
 * @since 0.1.0
 */
export function contractTests(runs: ContractRun | readonly ContractRun[], options: TestOptions = {}): void {
  const services = shareServices(runs);
  afterAll(services.release, untimed);
  for (const run of services.runs) contractTest(run, options);
}

/** The engine gives up what takes too long; a service may be built before it starts. */
const untimed = 0;

function contractTest(run: ContractRun, options: TestOptions): void {
  const { contract, name } = run;
  const groups = selectGroups(contract, options);
  if (groups.length === 0) return;
  describe(`${contract.id} ${contract.version}: ${name}`, { timeout: untimed }, () => {
    let session: Session<AnyAdapter> | undefined;
    beforeAll(async () => {
      session = await openSession(run, options);
    }, untimed);
    afterAll(async () => {
      await session?.close();
    }, untimed);
    for (const group of groups) {
      // Within one run: what a check stops, and what it counts in this process, another run would see too.
      describe(group.title, { concurrent: true }, () => {
        for (const check of group.checks) {
          it(`${check.rule} [${check.id}]`, async ({ skip }) => {
            const verdict = testVerdict(await (session as Session<AnyAdapter>).run(check));
            if (verdict.skip !== undefined) skip(verdict.skip);
            if (verdict.fail !== undefined) throw new Error(verdict.fail);
          });
        }
      });
    }
  });
}
