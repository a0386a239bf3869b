import type { Strategy } from '../strategy.ts';

/**
 * Asks once: what every other strategy has to be better than.
 *
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { sampling, think } from '@aiwork/thinking';
 *
 * const { answer } = await think('2 + 2?', { model: scriptedChatModel(['Answer: 4']), strategy: sampling() });
 * console.log(answer); // 4
 * ```
 * @since 0.1.0
 */
export function sampling(): Strategy {
  return {
    name: 'sampling',
    async run(workspace) {
      const [only] = await workspace.propose([{ messages: workspace.messages }], {
        why: 'one is all there is',
      });
      if (only) workspace.keep(only, 'the only one');
      return 'finished';
    },
  };
}
