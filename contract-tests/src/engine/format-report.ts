import type { ContractReport } from './report.ts';

/** A report as text: what failed in full, what was not run by its reason, and the counts. @since 0.1.0 */
export function formatReport(report: ContractReport): string {
  const { contract, subject, counts, checks, seed } = report;
  const known = counts['known-failure'];
  const notRun = checks.filter(({ reason }) => reason !== undefined);
  return [
    ...checks.flatMap(({ outcome, failure }) =>
      outcome === 'failed' && failure ? [failure.message, ''] : [],
    ),
    ...notRun.map(({ id, outcome, reason }) => `${outcome} ${id}: ${reason}`),
    `${contract.id} ${contract.version} on ${subject}: ${report.verdict}`,
    `${counts.passed} passed, ${counts.failed} failed,${known > 0 ? ` ${known} known to fail,` : ''} ${counts.skipped} skipped, ${counts.blocked} blocked, seed ${seed}`,
  ].join('\n');
}
