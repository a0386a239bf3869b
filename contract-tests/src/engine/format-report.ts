import type { CheckResult, ContractReport, Outcome } from './report.ts';

/**
 * A report as text: what failed in full, what was not run by its reason, the verdict and the counts. What was blocked
 * comes last: nobody may miss that a run says less than it should.
 *
 * @since 0.1.0
 */
export function formatReport(report: ContractReport): string {
  return [formatVerdict(report), ...formatBlocked([report])].join('\n');
}

/** All of a report but what was blocked. */
export function formatVerdict(report: ContractReport): string {
  const { contract, subject, counts, checks, leftOut, seed, verdict } = report;
  const known = counts['known-failure'];
  const partly = leftOut > 0 ? `, ${leftOut} of ${checks.length + leftOut} checks left out` : '';
  return [
    ...checks.flatMap(({ outcome, failure }) =>
      outcome === 'failed' && failure ? [failure.message, ''] : [],
    ),
    ...byReason(checks, 'known-failure').map(({ reason, ids }) => inOneLine('known-failure', reason, ids)),
    ...byReason(checks, 'skipped').map(({ reason, ids }) => inOneLine('skipped', reason, ids)),
    `${contract.id} ${contract.version} on ${subject}: ${verdict}${partly}`,
    `${counts.passed} passed, ${counts.failed} failed,${known > 0 ? ` ${known} known to fail,` : ''} ${counts.skipped} skipped, ${counts.blocked} blocked, seed ${seed}`,
  ].join('\n');
}

/** What was blocked in some runs, in lines: every reason once, with all that it holds for. */
export function formatBlocked(reports: readonly ContractReport[]): readonly string[] {
  const blocked = reports.flatMap(({ contract, subject, checks }) =>
    byReason(checks, 'blocked').map(({ reason, ids }) => ({
      reason,
      count: ids.length,
      whom:
        ids.length === checks.length
          ? [`all of ${contract.id} on ${subject}`]
          : ids.map((id) => (reports.length > 1 ? `${id} on ${subject}` : id)),
    })),
  );
  return [...new Set(blocked.map(({ reason }) => reason))].flatMap((reason) => {
    const same = blocked.filter((one) => one.reason === reason);
    const count = same.reduce((sum, one) => sum + one.count, 0);
    const whom = same.flatMap((one) => one.whom);
    return [
      `blocked ${count === 1 ? '1 check' : `${count} checks`}: ${reason}`,
      ...whom.map((one) => `  ${one}`),
    ];
  });
}

function inOneLine(outcome: Outcome, reason: string, ids: readonly string[]): string {
  if (ids.length === 1) return `${outcome} ${ids[0]}: ${reason}`;
  const groups = new Map<string, number>();
  for (const id of ids) {
    const group = id.slice(0, id.lastIndexOf('.'));
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  const told = [...groups].map(([group, count]) => `${group} ${count}`).join(', ');
  return `${outcome} ${ids.length} checks: ${reason} (${told})`;
}

/** Every reason once, with the checks it holds for. */
function byReason(checks: readonly CheckResult[], outcome: Outcome) {
  const reasons = new Map<string, string[]>();
  for (const { id, outcome: seen, reason } of checks) {
    if (seen === outcome && reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  }
  return [...reasons].map(([reason, ids]) => ({ reason, ids }));
}
