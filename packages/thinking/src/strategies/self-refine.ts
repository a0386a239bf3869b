import type { Strategy } from '../strategy.ts';
import { checkWholeNumbers } from './check-options.ts';
import { followUp, prompts } from './prompts.ts';

/** @since 0.1.0 */
export interface SelfRefineOptions {
  /** Most rounds of critique and revision. Default 3. */
  readonly rounds?: number;
}

const approval = /^[\s*_"'#>-]*no mistakes\b/i;

/**
 * Answers, has the answer criticised, and revises it until the critic finds nothing more (Madaan et al., "Self-Refine",
 * 2023). The last revision is kept: a model that talks itself out of right answers is not held back.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option is out of its range.
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { selfRefine, think } from '@aiwork/thinking';
 *
 * const model = scriptedChatModel(['Answer: 5', '2 + 2 is not 5: count again.', 'Answer: 4', 'No mistakes.']);
 * const { answer, stopped } = await think('2 + 2?', { model, strategy: selfRefine() });
 * console.log(answer, stopped); // 4 converged
 * ```
 * @since 0.1.0
 */
export function selfRefine({ rounds = 3 }: SelfRefineOptions = {}): Strategy {
  checkWholeNumbers('selfRefine', { rounds }, { min: 1 });
  return {
    name: 'self-refine',
    async run(workspace) {
      const { messages } = workspace;
      const [first] = await workspace.propose([{ messages }], { why: 'something to criticise' });
      if (!first) return 'finished';
      let answer = first;
      workspace.keep(answer, 'the first');
      for (let round = 1; round <= rounds; round += 1) {
        const critique = await workspace.ask({
          name: 'critic',
          messages: followUp(messages, prompts.critique(answer)),
        });
        if (critique === undefined) return 'finished';
        if (approval.test(critique)) return 'converged';
        workspace.criticised(answer, critique);
        const [revised] = await workspace.propose(
          [{ messages: followUp(messages, prompts.revise(answer, critique)), parents: [answer] }],
          { why: 'the critic found mistakes' },
        );
        if (!revised) return 'finished';
        answer = revised;
        workspace.keep(answer, 'it answers the critic');
      }
      return 'finished';
    },
  };
}
