import { confidenceIn, countVotes, leadSafety } from '../answers/votes.ts';
import type { Candidate } from '../candidate.ts';
import type { Workspace } from '../strategy.ts';

export interface SampleUntilSafeOptions {
  /** Most samples. */
  readonly samples: number;
  /** How safe the lead of an answer has to be. */
  readonly confidence: number;
}

/**
 * Draws independent samples, each time as many as would make the lead safe if they all followed it, until it is, nothing
 * can change it any more, or there are as many as allowed.
 */
export async function sampleUntilSafe(
  workspace: Workspace,
  { samples, confidence }: SampleUntilSafeOptions,
): Promise<readonly Candidate[]> {
  const draft = { messages: workspace.messages };
  let asked = Math.min(samples, votesUntilSafe([], confidence));
  let found = await workspace.propose(Array(asked).fill(draft), {
    why: 'as many as settle it if they agree',
  });
  while (asked < samples && !workspace.isSpent) {
    const camps = countVotes(found);
    if (confidenceIn(camps) >= confidence) break;
    const [leader = 0, runnerUp = 0] = camps.map(({ votes }) => votes);
    if (leader - runnerUp > samples - asked) break;
    const more = Math.min(samples - asked, votesUntilSafe(camps, confidence));
    asked += more;
    found = [...found, ...(await workspace.proposeMore(Array(more).fill(draft), {}))];
  }
  return found;
}

/** How many more votes for the leader make its lead safe. */
function votesUntilSafe(camps: readonly { readonly votes: number }[], confidence: number): number {
  const [leader = 0, runnerUp = 0] = camps.map(({ votes }) => votes);
  // A confidence of 1 is never reached: then it is all at once.
  for (let more = 1; more < 64; more += 1) {
    if (leadSafety(leader + more, runnerUp) >= confidence) return more;
  }
  return 64;
}
