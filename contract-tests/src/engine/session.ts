import { randomBytes } from 'node:crypto';
import type { AnyAdapter } from './any-adapter.ts';
import { type Check, type Contract, checksOf } from './contract.ts';
import type { CheckResult } from './report.ts';
import { runCheck } from './run-check.ts';
import type { SubjectFactory } from './subject.ts';

/** @since 0.1.0 */
export interface CheckOptions {
  /** Ids of the checks to run. Default: all. */
  readonly checks?: readonly string[];
  /** What everything random in the checks follows from. Default: another one for each run. */
  readonly seed?: number;
  /** How long one check may take, in milliseconds. Default 30,000. */
  readonly deadlineMs?: number;
  /** Called after each check. */
  readonly onResult?: (result: CheckResult) => void;
}

/** An open subject whose checks can be run one by one. */
export interface Session<A extends AnyAdapter> {
  readonly subject: string;
  readonly capabilities: A['capabilities'];
  readonly seed: number;
  run(check: Check<A>): Promise<CheckResult>;
  close(): Promise<void>;
}

export const defaultDeadlineMs = 30_000;

/** @throws what the subject throws when it cannot be opened at all. */
export async function openSession<A extends AnyAdapter>(
  factory: SubjectFactory<A>,
  options: CheckOptions = {},
): Promise<Session<A>> {
  const { seed = randomBytes(4).readUInt32LE(), deadlineMs = defaultDeadlineMs } = options;
  const subject = await factory();
  const tag = randomBytes(5).toString('hex');
  const first = await subject.open({ namespace: `${tag}n0` });
  const { capabilities } = first;
  await first.close();
  let checks = 0;
  return {
    subject: subject.name,
    capabilities,
    seed,
    run(check) {
      checks += 1;
      return runCheck(check, { subject, capabilities, namespace: `${tag}n${checks}`, seed, deadlineMs });
    },
    async close() {
      await subject.close?.();
    },
  };
}

/** The checks that were asked for. @throws RangeError for an id that the contract does not have. */
export function selectChecks<A extends AnyAdapter>(
  contract: Contract<A>,
  ids: readonly string[] | undefined,
): readonly Check<A>[] {
  const all = checksOf(contract);
  const unknown = ids?.find((id) => !all.some((check) => check.id === id));
  if (unknown !== undefined) {
    throw new RangeError(
      `${contract.id} has no check ${JSON.stringify(unknown)}: list its checks to see their ids`,
    );
  }
  return ids ? all.filter(({ id }) => ids.includes(id)) : all;
}
