import type { PackageFacts } from './package-facts.ts';
import type { ServiceFacts } from './service.ts';

/** How a check ended. Only `passed` is a pass. @since 0.1.0 */
export type Outcome = 'passed' | 'failed' | 'known-failure' | 'skipped' | 'blocked';

/**
 * What a run as a whole says. `incomplete`: something was blocked, or nothing was executed. `known-failures`: nothing
 * failed but what its subject names.
 *
 * @since 0.1.0
 */
export type Verdict = 'conformant' | 'known-failures' | 'failed' | 'incomplete';

/** @since 0.1.0 */
export interface CheckResult {
  readonly id: string;
  readonly rule: string;
  readonly anchor: string;
  readonly outcome: Outcome;
  /** Why it was skipped or blocked, or is known to fail. */
  readonly reason?: string;
  readonly failure?: {
    readonly expected: string;
    readonly seen: string;
    /** All of it, as it is printed. */
    readonly message: string;
    /** The command that runs the check again as it ran. */
    readonly replay: string;
  };
  readonly evidence?: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly durationMs: number;
}

/** What `reportSchema` describes. @since 0.1.0 */
export interface ContractReport {
  readonly format: 'aiwork-contract-report/1';
  /** The package that the contract is from. */
  readonly kit: PackageFacts;
  readonly contract: { readonly id: string; readonly version: string; readonly digest: string };
  readonly subject: string;
  /** What is checked; `null` where the subject does not say. */
  readonly package: PackageFacts | null;
  readonly service: ServiceFacts | null;
  readonly environment: { readonly node: string; readonly platform: string; readonly arch: string };
  readonly capabilities: unknown;
  readonly seed: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly verdict: Verdict;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** How many checks of the contract were not asked for. */
  readonly leftOut: number;
  readonly checks: readonly CheckResult[];
}

/** The verdict that follows from the outcomes. */
export function verdictOf(counts: Readonly<Record<Outcome, number>>): Verdict {
  if (counts.failed > 0) return 'failed';
  if (counts.blocked > 0 || counts.passed === 0) return 'incomplete';
  return counts['known-failure'] > 0 ? 'known-failures' : 'conformant';
}

/** The verdict as it is told: one that is only of a part of the contract says so. */
export function verdictInWords({ verdict, leftOut }: ContractReport): string {
  return leftOut > 0 ? `${verdict} in part` : verdict;
}

export function countOutcomes(checks: readonly CheckResult[]): Readonly<Record<Outcome, number>> {
  const counts = { passed: 0, failed: 0, 'known-failure': 0, skipped: 0, blocked: 0 };
  for (const { outcome } of checks) counts[outcome] += 1;
  return counts;
}
