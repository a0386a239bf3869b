import type { Candidate, Score } from '../candidate.ts';
import type { Evaluator } from '../strategy.ts';
import type { JudgeCalibration } from './calibrate-judge.ts';
import { judgeMessages, verdictIn } from './verdict.ts';

/** @since 0.1.0 */
export interface JudgeOptions {
  /** What a good answer is. Default: correct and complete. */
  readonly criteria?: string;
  /** What {@link calibrateJudge} found: scores are then how likely the judge is right. */
  readonly calibration?: JudgeCalibration;
  /** Most tokens of a verdict, its reasons included. Default 1024. */
  readonly maxTokens?: number;
}

/**
 * The model as its own judge. It is shown all candidates at once, twice, the second time in the opposite order: what it
 * prefers only because of where it stands, it does not prefer. Two calls, however many candidates.
 *
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { bestOf, judge, think } from '@aiwork/thinking';
 *
 * const model = scriptedChatModel(['Answer: 4', 'Answer: 5', 'The first.\nBest: 1', 'The second.\nBest: 2']);
 * const strategy = bestOf({ alternatives: 2, evaluator: judge({ criteria: 'arithmetically right' }) });
 * console.log((await think('2 + 2?', { model, strategy })).answer); // 4
 * ```
 * @since 0.1.0
 */
export function judge(options: JudgeOptions = {}): Evaluator {
  const { criteria = 'correct and complete', calibration, maxTokens = 1024 } = options;
  return {
    name: 'judge',
    async score(candidates, { question, ask }) {
      if (candidates.length < 2) return [];
      const orders = [candidates, candidates.toReversed()];
      const replies = await Promise.all(
        orders.map((order, i) =>
          ask({
            name: i === 0 ? 'judge' : 'judge-swapped',
            messages: judgeMessages(question, order, criteria),
            maxTokens,
          }),
        ),
      );
      const chosen = replies.flatMap((reply, i) => verdictIn(reply, orders[i] ?? []) ?? []);
      return scoresOf(candidates, chosen, calibration);
    },
  };
}

function scoresOf(
  candidates: readonly Candidate[],
  chosen: readonly Candidate[],
  calibration: JudgeCalibration | undefined,
): readonly Score[] {
  if (chosen.length === 0) return [];
  const [first] = chosen;
  const isAgreed = chosen.every((candidate) => candidate === first);
  return candidates.map((candidate) => {
    const times = chosen.filter((one) => one === candidate).length;
    const share = times / 2;
    const score =
      calibration && chosen.length === 2 && isAgreed
        ? times > 0
          ? calibration.accuracy
          : (1 - calibration.accuracy) / (candidates.length - 1)
        : share;
    return { id: candidate.id, score, why: whyOf(times, chosen.length) };
  });
}

function whyOf(times: number, verdicts: number): string {
  if (times === 2) return 'the judge preferred it in both orders';
  if (times === 0) return 'the judge did not prefer it';
  return verdicts === 2
    ? 'the judge preferred it in one of two orders'
    : 'the judge preferred it in the one order it answered for';
}
