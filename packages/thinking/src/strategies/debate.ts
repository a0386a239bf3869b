import { countVotes } from '../answers/votes.ts';
import type { Candidate } from '../candidate.ts';
import type { Strategy, Workspace } from '../strategy.ts';
import { checkWholeNumbers } from './check-options.ts';
import { followUp, prompts } from './prompts.ts';

/** @since 0.1.0 */
export interface DebateOptions {
  /** How many answer and argue, at most 64. Default 3. */
  readonly debaters?: number;
  /** Most rounds in which each sees what the others say. Default 2. */
  readonly rounds?: number;
}

/**
 * Several answer, see what the others say, and answer again, until they agree; then the vote counts (Du et al., "Improving
 * Factuality and Reasoning in Language Models through Multiagent Debate", 2023).
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option is out of its range.
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { debate, think } from '@aiwork/thinking';
 *
 * const model = scriptedChatModel(['Answer: 4', 'Answer: 5', 'Answer: 4', 'Answer: 4']);
 * const { answer, rounds } = await think('2 + 2?', { model, strategy: debate({ debaters: 2 }) });
 * console.log(answer, rounds); // 4 2
 * ```
 * @since 0.1.0
 */
export function debate({ debaters = 3, rounds = 2 }: DebateOptions = {}): Strategy {
  checkWholeNumbers('debate', { debaters }, { min: 2 });
  checkWholeNumbers('debate', { rounds }, { min: 1 });
  return {
    name: 'debate',
    async run(workspace) {
      const { messages } = workspace;
      let views = await workspace.propose(Array(debaters).fill({ messages }), { why: 'each for itself' });
      for (let round = 1; ; round += 1) {
        const isAgreed = keepMost(workspace, views);
        if (isAgreed) return 'converged';
        if (round > rounds || views.length < 2) return 'finished';
        const replies = await workspace.propose(
          views.map((own) => ({
            messages: followUp(messages, prompts.debate(own, othersThan(own, views))),
            parents: [own, ...othersThan(own, views)],
          })),
          { why: 'they do not agree' },
        );
        if (replies.length === 0) return 'finished';
        // Whose reply was lost keeps to what it said.
        views = views.map((own) => replies.find(({ parents }) => parents[0] === own.id) ?? own);
      }
    },
  };
}

const othersThan = (own: Candidate, views: readonly Candidate[]) => views.filter((view) => view !== own);

/** Keeps what most say. Gives whether all do. */
function keepMost(workspace: Workspace, views: readonly Candidate[]): boolean {
  const camps = countVotes(views);
  const [most] = camps;
  if (!most) return false;
  workspace.keep(most.candidate, `${most.votes} of ${views.length} say so`);
  return camps.length === 1 && views.length > 1;
}
