import { createHash } from 'node:crypto';
import type { AnyAdapter } from './any-adapter.ts';
import { type Check, type Contract, checksOf } from './contract.ts';
import type { ContractRun } from './contract-run.ts';
import { readKit, readPackage } from './package-facts.ts';
import { type CheckResult, type ContractReport, countOutcomes, verdictOf } from './report.ts';
import { selectGroups } from './selection.ts';
import { type CheckOptions, openSession } from './session.ts';

/**
 * Runs a contract on a subject and reports. Checks that only wait run beside each other.
 *
 * @throws RangeError when `checks` names one that the contract does not have.
 * @throws `AIWORK_USAGE` when the subject's name is not one line, when it names a known failure of a check that there is
 * not, and when what it opens is no adapter.
 * @throws what the subject throws when it cannot be opened, an error that says so when it did not open in time, and the
 * reason of `signal` once that is aborted.
 * @example
 * ```ts
 * import { createMemoryStateStore } from '@aiwork/core';
 * import { checkContract, defineSubject, embedded, stateStoreContract } from '@aiwork/contract-tests';
 *
 * const report = await checkContract(
 *   defineSubject({
 *     contract: stateStoreContract,
 *     name: 'my store',
 *     service: embedded,
 *     secondClient: { skipped: 'two in-memory stores share nothing' },
 *     open: () => createMemoryStateStore(),
 *   }),
 * );
 * console.log(report.verdict); // conformant
 * ```
 * @since 0.1.0
 */
export async function checkContract<A extends AnyAdapter>(
  run: ContractRun<A>,
  options: CheckOptions = {},
): Promise<ContractReport> {
  const { contract } = run;
  const selected = selectGroups(contract, options).flatMap(({ checks }) => checks);
  const [kit, checked] = await Promise.all([readKit(), run.package ? readPackage(run.package) : null]);
  const startedAt = new Date();
  const start = performance.now();
  const session = await openSession(run, options);
  async function report(check: Check<A>): Promise<CheckResult> {
    const result = await session.run(check);
    options.onResult?.(result);
    return result;
  }
  let checks: readonly CheckResult[];
  const running = selected.map(report);
  try {
    checks = await Promise.all(running);
  } finally {
    await Promise.allSettled(running);
    await session.close();
  }
  const counts = countOutcomes(checks);
  return {
    format: 'aiwork-contract-report/1',
    kit,
    contract: { id: contract.id, version: contract.version, digest: contractDigest(contract) },
    subject: run.name,
    package: checked,
    service: session.service ?? null,
    environment: { node: process.version, platform: process.platform, arch: process.arch },
    capabilities: toJsonData(session.capabilities ?? {}),
    seed: session.seed,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - start),
    verdict: verdictOf(counts),
    counts,
    leftOut: checksOf(contract).length - checks.length,
    checks,
  };
}

/** SHA-256 over ids, rules and anchors, in hexadecimal: two reports with one digest speak of the same rules. */
export function contractDigest<A extends AnyAdapter>(contract: Contract<A>): string {
  const rules = checksOf(contract).map(({ id, rule, anchor }) => [id, rule, anchor]);
  return createHash('sha256').update(JSON.stringify(rules)).digest('hex');
}

/** JSON has no infinity, which is how an adapter says that it knows no limit. */
function toJsonData(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, item) => (item === Number.POSITIVE_INFINITY ? 'unlimited' : item)),
  );
}
