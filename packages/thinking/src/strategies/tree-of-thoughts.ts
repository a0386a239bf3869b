import { countVotes } from '../answers/votes.ts';
import type { Candidate } from '../candidate.ts';
import { judge } from '../evaluators/judge.ts';
import type { Draft, Evaluator, Strategy } from '../strategy.ts';
import { checkWholeNumbers } from './check-options.ts';
import { type Contender, weigh } from './choose.ts';
import { followUp, prompts } from './prompts.ts';

/** @since 0.1.0 */
export interface TreeOfThoughtsOptions {
  /** How many ways each thought is taken further, at most 64. Default 3. */
  readonly branches?: number;
  /** How many thoughts of a level are taken further. Default 2. */
  readonly beam?: number;
  /** Levels below the first thoughts. Default 2. */
  readonly depth?: number;
  /** Default: {@link judge}. */
  readonly evaluator?: Evaluator;
}

/**
 * Searches breadth-first among lines of thought, and takes only the most promising further (Yao et al., "Tree of Thoughts",
 * 2023). Each thought comes with an answer as it looks from there, so that there is one whenever the budget ends.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option is out of its range.
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { rule, think, treeOfThoughts } from '@aiwork/thinking';
 *
 * const model = scriptedChatModel(['Answer: 3', 'Answer: 9', 'Answer: 12', 'Answer: 10']);
 * const large = rule('large', ({ answer }) => Number(answer) / 12);
 * const strategy = treeOfThoughts({ branches: 2, beam: 1, depth: 1, evaluator: large });
 * const { answer } = await think('A large even number?', { model, strategy });
 * console.log(answer); // 12
 * ```
 * @since 0.1.0
 */
export function treeOfThoughts(options: TreeOfThoughtsOptions = {}): Strategy {
  const { branches = 3, beam = 2, depth = 2, evaluator = judge() } = options;
  checkWholeNumbers('treeOfThoughts', { branches, beam, depth }, { min: 1 });
  return {
    name: 'tree-of-thoughts',
    async run(workspace) {
      const { messages } = workspace;
      let drafts: readonly Draft[] = Array(branches).fill({ messages });
      for (let level = 0; level <= depth; level += 1) {
        const thoughts = await workspace.propose(drafts, {
          why: level === 0 ? 'first thoughts' : `the best ${beam} of the level before go on`,
        });
        if (thoughts.length === 0) return 'finished';
        const contenders = byPromise(await weigh(workspace, evaluator, thoughts));
        const [best] = contenders;
        if (best) workspace.keep(best.candidate, best.why);
        if (level > 0 && thoughts.length > 1 && countVotes(thoughts).length === 1) return 'converged';
        drafts = contenders
          .slice(0, beam)
          .flatMap(({ candidate }) => Array<Draft>(branches).fill(furtherFrom(candidate, messages)));
      }
      return 'finished';
    },
  };
}

function furtherFrom(thought: Candidate, messages: Draft['messages']): Draft {
  return { messages: followUp(messages, prompts.nextThought(thought)), parents: [thought] };
}

function byPromise(contenders: readonly Contender[]): readonly Contender[] {
  return contenders.toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0) || b.votes - a.votes);
}
