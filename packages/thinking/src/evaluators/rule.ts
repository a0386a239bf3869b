import { AiworkError } from '@aiwork/core';
import type { Candidate } from '../candidate.ts';
import type { Evaluator } from '../strategy.ts';

/**
 * An evaluator that is a program: `check` says whether a candidate will do, or how good it is from 0 to 1. Nothing beats
 * one where there is one: tests of code, a solver, a parser.
 *
 * @throws while scoring: `AIWORK_INVALID_ARGUMENT` when `check` gives something else; what it throws.
 * @example
 * ```ts
 * import { rule } from '@aiwork/thinking';
 *
 * const json = rule('is JSON', ({ answer }) => {
 *   try {
 *     return JSON.parse(answer) !== undefined;
 *   } catch {
 *     return false;
 *   }
 * });
 * console.log(json.name); // is JSON
 * ```
 * @since 0.1.0
 */
export function rule(
  name: string,
  check: (
    candidate: Candidate,
    options: { readonly question: string; readonly signal: AbortSignal },
  ) => boolean | number | Promise<boolean | number>,
): Evaluator {
  return {
    name,
    score: (candidates, { question, signal }) =>
      Promise.all(
        candidates.map(async (candidate) => {
          const score = Number(await check(candidate, { question, signal }));
          if (!(score >= 0 && score <= 1)) {
            throw new AiworkError(
              'AIWORK_INVALID_ARGUMENT',
              `rule "${name}" gave ${score} for alternative ${candidate.id}: give true, false or a number from 0 to 1`,
            );
          }
          return {
            id: candidate.id,
            score,
            why: `${name}: ${score === 1 ? 'yes' : score === 0 ? 'no' : score.toFixed(2)}`,
          };
        }),
      ),
  };
}
