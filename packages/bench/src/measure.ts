/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The middle one of the ratios of what was measured in the same round: what disturbs a round disturbs both. */
export function medianRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, round) => value / (others[round] ?? Number.NaN)));
}

/** The smallest value that `share` (0 to 1) of all values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * Measures every subject once a round, each round beginning with another one, so that what disturbs the machine for a
 * while disturbs all of them. Gives each subject's measurements in the order of `subjects`.
 */
export async function interleave<S, T>(
  rounds: number,
  subjects: readonly S[],
  measure: (subject: S, round: number) => Promise<T>,
): Promise<T[][]> {
  const measured: T[][] = subjects.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < subjects.length; turn += 1) {
      const index = (turn + round) % subjects.length;
      measured[index]?.push(await measure(subjects[index] as S, round));
    }
  }
  return measured;
}
