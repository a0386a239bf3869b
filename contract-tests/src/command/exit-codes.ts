import type { Verdict } from '../engine/report.ts';

/** What the kit could not do. */
export const brokenExitCode = 3;

export const exitCodes: Readonly<Record<Verdict, number>> = {
  conformant: 0,
  'known-failures': 0,
  failed: 1,
  incomplete: 2,
};

/** The exit code of several runs: what is worse to overlook wins. */
export function worstExitCode(codes: readonly number[]): number {
  const byBadness = [brokenExitCode, exitCodes.failed, exitCodes.incomplete];
  return byBadness.find((code) => codes.includes(code)) ?? 0;
}
