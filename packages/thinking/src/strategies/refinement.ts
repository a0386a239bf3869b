import type { Candidate } from '../candidate.ts';
import { judge } from '../evaluators/judge.ts';
import type { Draft, Evaluator, Strategy, Workspace } from '../strategy.ts';
import { checkWholeNumbers } from './check-options.ts';
import { bestOfAll, weigh } from './choose.ts';
import { followUp, prompts } from './prompts.ts';

/** @since 0.1.0 */
export interface RefinementOptions {
  /** Rounds after the first answer, at most 64. Default 3. */
  readonly rounds?: number;
  /** Alternatives in each round. Default 3. */
  readonly alternatives?: number;
  /** Default: {@link judge}. */
  readonly evaluator?: Evaluator;
}

/**
 * Rounds of alternatives to the best answer so far, judged together with it; the best is kept. Always as many: see
 * {@link adaptiveRefinement} for what stops when there is nothing to gain.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option is out of its range.
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { refinement, rule, think } from '@aiwork/thinking';
 *
 * const model = scriptedChatModel(['Answer: 7', 'Answer: 8', 'Answer: 6']);
 * const even = rule('even', ({ answer }) => Number(answer) % 2 === 0);
 * const strategy = refinement({ rounds: 1, alternatives: 2, evaluator: even });
 * console.log((await think('An even number?', { model, strategy })).answer); // 8
 * ```
 * @since 0.1.0
 */
export function refinement(options: RefinementOptions = {}): Strategy {
  const { rounds = 3, alternatives = 3, evaluator = judge() } = options;
  checkWholeNumbers('refinement', { rounds, alternatives }, { min: 1 });
  return {
    name: 'refinement',
    async run(workspace) {
      const { messages } = workspace;
      const [first] = await workspace.propose([{ messages }], { why: 'something to improve on' });
      if (!first) return 'finished';
      let best = first;
      workspace.keep(best, 'the first');
      for (let round = 1; round <= rounds && !workspace.isSpent; round += 1) {
        const found = await workspace.propose(
          Array<Draft>(alternatives).fill({
            messages: followUp(messages, prompts.refine(best)),
            parents: [best],
          }),
          { why: `round ${round} of ${rounds}` },
        );
        best = await keepBest(workspace, evaluator, best, found);
      }
      return 'finished';
    },
  };
}

async function keepBest(
  workspace: Workspace,
  evaluator: Evaluator,
  best: Candidate,
  found: readonly Candidate[],
): Promise<Candidate> {
  if (found.length === 0) return best;
  const contenders = await weigh(workspace, evaluator, [best, ...found]);
  const winner = bestOfAll(contenders);
  // Without a verdict nothing speaks against what was there.
  if (!winner || winner.score === undefined || winner.key === best.key) return best;
  workspace.keep(winner.candidate, winner.why);
  return winner.candidate;
}
