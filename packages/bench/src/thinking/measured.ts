import type { ChatModel } from '@aiwork/core';
import { type Strategy, think } from '@aiwork/thinking';
import type { CheckedTask } from './tasks/checked-task.ts';

/** What a strategy did on all tasks. */
export interface Measured {
  /** Of each task, the share of trials that were right. */
  readonly accuracies: readonly number[];
  /** Mean of a question, input and output together. */
  readonly tokens: number;
  readonly calls: number;
}

export interface MeasureOptions {
  readonly tasks: readonly CheckedTask[];
  readonly trials: number;
  /** The model of a trial of a task. */
  modelOf(task: CheckedTask, index: number, trial: number): ChatModel;
}

/** Lets a strategy think about every task as often as there are trials. */
export async function measure(
  strategy: Strategy,
  { tasks, trials, modelOf }: MeasureOptions,
): Promise<Measured> {
  const accuracies: number[] = [];
  let tokens = 0;
  let calls = 0;
  for (const [index, task] of tasks.entries()) {
    let right = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const { answer, usage } = await think(task.question, { model: modelOf(task, index, trial), strategy });
      if (await task.isRight(answer)) right += 1;
      tokens += usage.inputTokens + usage.outputTokens;
      calls += usage.modelCalls;
    }
    accuracies.push(right / trials);
  }
  const questions = tasks.length * trials;
  return { accuracies, tokens: tokens / questions, calls: calls / questions };
}
