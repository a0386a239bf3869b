import { AiworkError } from '@aiwork/core';
import type { Score } from '../candidate.ts';
import type { Evaluator } from '../strategy.ts';

/** One of several evaluators. @since 0.1.0 */
export interface EvaluatorPart {
  readonly evaluator: Evaluator;
  /** Its part of the whole, against those of the others. Default 1. */
  readonly weight?: number;
  /** A candidate that scores less here scores 0 in all, and later parts are not asked about it. Default 0. */
  readonly minScore?: number;
}

/**
 * Several evaluators as one: the weighted mean of those that say something. Put cheap ones with a `minScore` first: what
 * they refuse costs the others nothing.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` without parts, or with a weight that is not above 0.
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { bestOf, composite, judge, rule, think } from '@aiwork/thinking';
 *
 * const number = rule('is a number', ({ answer }) => Number.isFinite(Number(answer)));
 * const evaluator = composite([{ evaluator: number, minScore: 1 }, { evaluator: judge(), weight: 2 }]);
 * const model = scriptedChatModel(['Answer: four', 'Answer: 4']); // the judge has nothing to choose from
 * console.log((await think('2 + 2?', { model, strategy: bestOf({ alternatives: 2, evaluator }) })).answer); // 4
 * ```
 * @since 0.1.0
 */
export function composite(parts: readonly EvaluatorPart[]): Evaluator {
  if (parts.length === 0 || parts.some(({ weight = 1 }) => !(weight > 0))) {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      'composite has no parts, or one whose weight is not above 0',
    );
  }
  return {
    name: parts.map(({ evaluator }) => evaluator.name).join(' + '),
    async score(candidates, workspace) {
      const sums = new Map(candidates.map(({ id }) => [id, { total: 0, weight: 0, whys: [] as string[] }]));
      const refused = new Map<string, Score>();
      for (const { evaluator, weight = 1, minScore = 0 } of parts) {
        const left = candidates.filter(({ id }) => !refused.has(id));
        if (left.length === 0) break;
        for (const score of await evaluator.score(left, workspace)) {
          const sum = sums.get(score.id);
          if (!sum) continue;
          if (score.score < minScore) refused.set(score.id, { ...score, score: 0 });
          sum.total += weight * score.score;
          sum.weight += weight;
          sum.whys.push(score.why);
        }
      }
      return candidates.flatMap(({ id }): readonly Score[] => {
        const no = refused.get(id);
        if (no) return [no];
        const sum = sums.get(id);
        if (!sum || sum.weight === 0) return [];
        return [{ id, score: sum.total / sum.weight, why: sum.whys.join('; ') }];
      });
    },
  };
}
