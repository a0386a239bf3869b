import type { Candidate } from '../candidate.ts';

/** Candidates that say the same. */
export interface Camp {
  readonly key: string;
  readonly votes: number;
  /** The first of them. */
  readonly candidate: Candidate;
}

/** Who says what, the most said first; of camps of one size, the one that came first. */
export function countVotes(candidates: readonly Candidate[]): readonly Camp[] {
  const camps = new Map<string, Camp>();
  for (const candidate of candidates) {
    const before = camps.get(candidate.key);
    const votes = (before?.votes ?? 0) + 1;
    camps.set(candidate.key, { key: candidate.key, votes, candidate: before?.candidate ?? candidate });
  }
  return [...camps.values()].sort((a, b) => b.votes - a.votes);
}

/**
 * How likely the leader of a vote between two would also lead if everybody could be asked: the posterior probability that
 * it is the more frequent of the two, each share as likely as any other beforehand. From 0.5 for a tie towards 1. This is
 * the rule of "Adaptive-Consistency" (Aggarwal et al., EMNLP 2023).
 */
export function leadSafety(leader: number, runnerUp: number): number {
  // P(Beta(leader + 1, runnerUp + 1) > 1/2), which for whole numbers is a sum of binomial coefficients.
  const n = leader + runnerUp + 1;
  let coefficient = 1;
  let tail = 0;
  for (let k = 0; k <= runnerUp; k += 1) {
    tail += coefficient;
    coefficient = (coefficient * (n - k)) / (k + 1);
  }
  return 1 - tail / 2 ** n;
}

/** How safe the lead of the leading camp is, from 0 (there is none) to 1. */
export function confidenceIn(camps: readonly Pick<Camp, 'votes'>[]): number {
  const [leader, runnerUp] = camps;
  return leader ? leadSafety(leader.votes, runnerUp?.votes ?? 0) : 0;
}
