export { answerKey, finalAnswer } from './answers/final-answer.ts';
export type { Recorder } from './ask-model.ts';
export type { BudgetLimit, ThinkingBudget, ThinkingUsage } from './budget/thinking-budget.ts';
export type { Candidate, Score } from './candidate.ts';
export { type FitContextOptions, fitContext } from './context/fit-context.ts';
export {
  type CalibrateJudgeOptions,
  calibrateJudge,
  type JudgeCalibration,
  type JudgeExample,
} from './evaluators/calibrate-judge.ts';
export { composite, type EvaluatorPart } from './evaluators/composite.ts';
export { type JudgeOptions, judge } from './evaluators/judge.ts';
export { rule } from './evaluators/rule.ts';
export { type SimilarityOptions, similarity } from './evaluators/similarity.ts';
export type { StartingAccess } from './serve/starting-access.ts';
export {
  type ThinkingService,
  type ThinkingServiceOptions,
  thinkingService,
} from './serve/thinking-service.ts';
export { type AdaptiveRefinementOptions, adaptiveRefinement } from './strategies/adaptive-refinement.ts';
export { type BestOfOptions, bestOf } from './strategies/best-of.ts';
export { type DebateOptions, debate } from './strategies/debate.ts';
export { defaultStrategy } from './strategies/default-strategy.ts';
export { type JudgedVoteOptions, judgedVote } from './strategies/judged-vote.ts';
export { namedStrategies } from './strategies/named-strategies.ts';
export { type RefinementOptions, refinement } from './strategies/refinement.ts';
export { sampling } from './strategies/sampling.ts';
export { type SelfConsistencyOptions, selfConsistency } from './strategies/self-consistency.ts';
export { type SelfRefineOptions, selfRefine } from './strategies/self-refine.ts';
export { type TreeOfThoughtsOptions, treeOfThoughts } from './strategies/tree-of-thoughts.ts';
export type { Draft, Evaluator, Inquiry, ProposeOptions, Strategy, Workspace } from './strategy.ts';
export type { AskedBudget, ThinkInput } from './task/think-input.ts';
export { type ThinkTaskOptions, thinkingEventName, thinkTask } from './task/think-task.ts';
export { type ThinkOptions, type Thought, think } from './think.ts';
export type { StopReason, ThinkingEvent } from './thinking-event.ts';
export { type ThinkingModelOptions, thinkingModel } from './thinking-model.ts';
export {
  growTree,
  noThoughts,
  type ThoughtNode,
  type ThoughtRound,
  type ThoughtTree,
} from './tree/thought-tree.ts';
