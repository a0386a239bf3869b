import type { BudgetLimit, ThinkingUsage } from './budget/thinking-budget.ts';
import type { Score } from './candidate.ts';

type Of<T extends string, Fields = unknown> = { readonly type: T } & Fields;

/** Why thinking ended. @since 0.1.0 */
export type StopReason =
  /** What was still to come could hardly have changed the answer. */
  | 'converged'
  /** The strategy did all it does. */
  | 'finished'
  /** Nothing more was left of a budget. */
  | 'budget';

/** What happens while a model thinks, as plain data. @since 0.1.0 */
export type ThinkingEvent =
  | Of<'thinking.started', { readonly question: string; readonly strategy: string; readonly model: string }>
  | Of<'round.started', { readonly round: number; readonly alternatives: number; readonly why: string }>
  | Of<
      'alternative.started',
      { readonly id: string; readonly round: number; readonly parents: readonly string[] }
    >
  | Of<
      'alternative.proposed',
      {
        readonly id: string;
        readonly round: number;
        readonly parents: readonly string[];
        readonly text: string;
        readonly answer: string;
      }
    >
  /** A call that failed, was cut short or not needed any more: never a candidate. */
  | Of<'alternative.lost', { readonly id: string; readonly round: number; readonly reason: string }>
  | Of<
      'alternatives.scored',
      { readonly round: number; readonly by: string; readonly scores: readonly Score[] }
    >
  /** A critic's words, which the next alternative is made from. */
  | Of<'alternative.criticised', { readonly id: string; readonly round: number; readonly critique: string }>
  /** Something beside alternatives was asked, such as a judge, and did not answer. */
  | Of<'question.lost', { readonly id: string; readonly round: number; readonly reason: string }>
  | Of<'alternative.kept', { readonly id: string; readonly round: number; readonly why: string }>
  | Of<'budget.refused', BudgetLimit & { readonly wanted: number }>
  | Of<
      'thinking.finished',
      {
        readonly id: string;
        readonly answer: string;
        readonly stopped: StopReason;
        readonly usage: ThinkingUsage;
      }
    >;
