import { after, before, describe, it } from 'node:test';
import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { ContractRun } from '../engine/contract-run.ts';
import { selectGroups } from '../engine/selection.ts';
import { openSession, type Session } from '../engine/session.ts';
import { shareServices } from '../engine/share-services.ts';
import type { TestOptions } from './test-options.ts';
import { testVerdict } from './test-verdict.ts';

export type { TestOptions };

/**
 * Makes a test of `node:test` of every check. A skipped check is a skipped test with its reason; a blocked one
 * fails under CI, and is skipped with its reason elsewhere.
 *
 * @since 0.1.0
 */
export function contractTests(runs: ContractRun | readonly ContractRun[], options: TestOptions = {}): void {
  const services = shareServices(runs);
  after(services.release);
  for (const run of services.runs) contractTest(run, options);
}

function contractTest(run: ContractRun, options: TestOptions): void {
  const { contract, name } = run;
  const groups = selectGroups(contract, options);
  if (groups.length === 0) return;
  describe(`${contract.id} ${contract.version}: ${name}`, () => {
    let session: Session<AnyAdapter> | undefined;
    before(async () => {
      session = await openSession(run, options);
    });
    after(async () => {
      await session?.close();
    });
    for (const group of groups) {
      describe(group.title, { concurrency: true }, () => {
        for (const check of group.checks) {
          it(`${check.rule} [${check.id}]`, async (t) => {
            const verdict = testVerdict(await (session as Session<AnyAdapter>).run(check));
            if (verdict.skip !== undefined) t.skip(verdict.skip);
            if (verdict.fail !== undefined) throw new Error(verdict.fail);
          });
        }
      });
    }
  });
}
