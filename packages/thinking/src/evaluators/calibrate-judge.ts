import { AiworkError, type ChatModel, generate } from '@aiwork/core';
import { judgeMessages, verdictIn } from './verdict.ts';

/** Two answers of which it is known which is better. @since 0.1.0 */
export interface JudgeExample {
  readonly question: string;
  readonly better: string;
  readonly worse: string;
}

/** How a model judges. @since 0.1.0 */
export interface JudgeCalibration {
  readonly examples: number;
  /** Of all examples, the share with the same verdict in both orders. */
  readonly consistency: number;
  /**
   * How likely a verdict that is the same in both orders is right: by the rule of succession, so that few examples do not
   * make it certain.
   */
  readonly accuracy: number;
  /** Of all verdicts, the share for what stood first; 0.5 where the place does not matter. */
  readonly firstPreferred: number;
}

/** @since 0.1.0 */
export interface CalibrateJudgeOptions {
  readonly model: ChatModel;
  readonly examples: readonly JudgeExample[];
  /** As the judge is given them. Default: correct and complete. */
  readonly criteria?: string;
  readonly signal?: AbortSignal;
}

/**
 * Finds out how far a model can be trusted as judge, two calls an example. A judge whose `accuracy` is near one half, or
 * whose `consistency` is low, is worth no tokens.
 *
 * @throws what the model throws; the reason of `signal`; `AIWORK_INVALID_ARGUMENT` without examples.
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { calibrateJudge } from '@aiwork/thinking';
 *
 * const examples = [{ question: '2 + 2?', better: '4', worse: '5' }];
 * const model = scriptedChatModel(['Best: 1', 'Best: 2']);
 * const { consistency, accuracy } = await calibrateJudge({ model, examples });
 * console.log(consistency, accuracy.toFixed(2)); // 1 0.67
 * ```
 * @since 0.1.0
 */
export async function calibrateJudge(options: CalibrateJudgeOptions): Promise<JudgeCalibration> {
  const { model, examples, criteria = 'correct and complete', signal } = options;
  if (examples.length === 0) {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      'there are no examples to calibrate the judge by: give some',
    );
  }
  let consistent = 0;
  let right = 0;
  let first = 0;
  let verdicts = 0;
  for (const { question, better, worse } of examples) {
    const orders = [
      [better, worse],
      [worse, better],
    ];
    const chosen: (string | undefined)[] = [];
    for (const order of orders) {
      const messages = judgeMessages(
        question,
        order.map((text) => ({ text })),
        criteria,
      );
      const { text } = await generate(model, { messages, temperature: 0 }, { ...(signal && { signal }) });
      const verdict = verdictIn(text, order);
      chosen.push(verdict);
      if (verdict === undefined) continue;
      verdicts += 1;
      if (verdict === order[0]) first += 1;
    }
    if (chosen[0] === undefined || chosen[0] !== chosen[1]) continue;
    consistent += 1;
    if (chosen[0] === better) right += 1;
  }
  return {
    examples: examples.length,
    consistency: consistent / examples.length,
    accuracy: (right + 1) / (consistent + 2),
    firstPreferred: verdicts === 0 ? 0.5 : first / verdicts,
  };
}
