import { createHash } from 'node:crypto';
import type { AnyAdapter } from './any-adapter.ts';
import { type Contract, checksOf } from './contract.ts';
import { type CheckResult, type ContractReport, countOutcomes, verdictOf } from './report.ts';
import { type CheckOptions, openSession, selectChecks } from './session.ts';
import type { SubjectFactory } from './subject.ts';

/**
 * Runs a contract on a subject, one check after the other, and reports.
 *
 * @throws RangeError when `checks` names one that the contract does not have.
 * @throws what the subject throws when it cannot be opened.
 * @example
 * ```ts
 * import { createMemoryStateStore } from '@aiwork/core';
 * import { checkContract, stateStoreContract } from '@aiwork/contract-tests';
 *
 * const report = await checkContract(stateStoreContract, () => ({
 *   name: 'my store',
 *   open: () => createMemoryStateStore(),
 *   provides: { 'second-client': { skipped: 'two in-memory stores share nothing' } },
 * }));
 * console.log(report.verdict); // conformant
 * ```
 * @since 0.1.0
 */
export async function checkContract<A extends AnyAdapter>(
  contract: Contract<A>,
  factory: SubjectFactory<A>,
  options: CheckOptions = {},
): Promise<ContractReport> {
  const selected = selectChecks(contract, options.checks);
  const startedAt = new Date();
  const start = performance.now();
  const session = await openSession(factory, options);
  const checks: CheckResult[] = [];
  try {
    for (const check of selected) {
      const result = await session.run(check);
      checks.push(result);
      options.onResult?.(result);
    }
  } finally {
    await session.close();
  }
  const counts = countOutcomes(checks);
  return {
    format: 'aiwork-contract-report/1',
    contract: { id: contract.id, version: contract.version, digest: contractDigest(contract) },
    subject: session.subject,
    environment: { node: process.version, platform: process.platform, arch: process.arch },
    capabilities: toJsonData(session.capabilities),
    seed: session.seed,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - start),
    verdict: verdictOf(counts),
    counts,
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
