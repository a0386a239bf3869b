import type { CheckResult, ContractReport } from './report.ts';

/**
 * A report as text: what failed in full, what was not run by its reason, the verdict and the counts. What was blocked
 * comes last: nobody may miss that a run says less than it should.
 *
 * @since 0.1.0
 */
export function formatReport(report: ContractReport): string {
  const { contract, subject, counts, checks, leftOut, seed, verdict } = report;
  const known = counts['known-failure'];
  const partly = leftOut > 0 ? `, ${leftOut} of ${checks.length + leftOut} checks left out` : '';
  return [
    ...checks.flatMap(({ outcome, failure }) =>
      outcome === 'failed' && failure ? [failure.message, ''] : [],
    ),
    ...byReason(checks, 'known-failure'),
    ...byReason(checks, 'skipped'),
    `${contract.id} ${contract.version} on ${subject}: ${verdict}${partly}`,
    `${counts.passed} passed, ${counts.failed} failed,${known > 0 ? ` ${known} known to fail,` : ''} ${counts.skipped} skipped, ${counts.blocked} blocked, seed ${seed}`,
    ...byReason(checks, 'blocked'),
  ].join('\n');
}

/** Every reason once, with the checks it holds for. */
function byReason(checks: readonly CheckResult[], outcome: CheckResult['outcome']): readonly string[] {
  const reasons = new Map<string, string[]>();
  for (const { id, outcome: seen, reason } of checks) {
    if (seen !== outcome || reason === undefined) continue;
    const ids = reasons.get(reason);
    if (ids) ids.push(id);
    else reasons.set(reason, [id]);
  }
  return [...reasons].flatMap(([reason, ids]) => {
    if (ids.length === 1) return [`${outcome} ${ids[0]}: ${reason}`];
    if (ids.length === checks.length) return [`${outcome} all ${ids.length} checks: ${reason}`];
    return [`${outcome} ${ids.length} checks: ${reason}`, ...ids.map((id) => `  ${id}`)];
  });
}
