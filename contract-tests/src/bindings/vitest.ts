import { afterAll, beforeAll, describe, it } from 'vitest';
import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { Contract } from '../engine/contract.ts';
import { type CheckOptions, defaultDeadlineMs, openSession, type Session } from '../engine/session.ts';
import type { SubjectFactory } from '../engine/subject.ts';

/**
 * Makes a Vitest test of every check. A skipped check is a skipped test with its reason; a blocked one fails.
 *
 * @since 0.1.0
 */
export function contractTests<A extends AnyAdapter>(
  contract: Contract<A>,
  name: string,
  factory: SubjectFactory<A>,
  options: Omit<CheckOptions, 'checks' | 'onResult'> = {},
): void {
  const timeout = 2 * (options.deadlineMs ?? defaultDeadlineMs) + 1000;
  describe(`${contract.id} ${contract.version}: ${name}`, { timeout }, () => {
    let session: Session<A> | undefined;
    beforeAll(async () => {
      session = await openSession(factory, options);
    });
    afterAll(async () => {
      await session?.close();
    });
    for (const group of contract.groups) {
      describe(group.title, () => {
        for (const check of group.checks) {
          it(`${check.rule} [${check.id}]`, async ({ skip }) => {
            const result = await (session as Session<A>).run(check);
            if (result.outcome === 'skipped') skip(result.reason);
            if (result.outcome === 'blocked') throw new Error(`${check.id} is blocked: ${result.reason}`);
            if (result.failure) throw new Error(result.failure.message);
          });
        }
      });
    }
  });
}
