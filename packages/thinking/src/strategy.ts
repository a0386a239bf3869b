import type { Message } from '@aiwork/core';
import type { Candidate, Score } from './candidate.ts';

/** What one alternative is asked with. @since 0.1.0 */
export interface Draft {
  readonly messages: readonly Message[];
  /** Default: that of the thinking. */
  readonly temperature?: number;
  /** The alternatives it is made from. */
  readonly parents?: readonly Candidate[];
}

/** A question beside the alternatives, as critics and judges have. @since 0.1.0 */
export interface Inquiry {
  /** Names it within its round. */
  readonly name: string;
  readonly messages: readonly Message[];
  readonly temperature?: number;
  /** Most tokens of its reply. Default: that of the thinking. */
  readonly maxTokens?: number;
}

/** How alternatives are asked for. @since 0.1.0 */
export interface ProposeOptions {
  /** Why there are so many, for whoever watches. */
  readonly why: string;
  /** Whether those that are there are enough: what is on its way is then aborted. */
  enough?(found: readonly Candidate[]): boolean;
}

/**
 * What a strategy works with. Every call goes through here: it is counted, fits the budget or is not made, is aborted with
 * the thinking, and what becomes of it is told to whoever watches.
 *
 * @since 0.1.0
 */
export interface Workspace {
  /** What was asked, as text. */
  readonly question: string;
  /** The conversation that ends with the question, with the instructions of the thinking before it. */
  readonly messages: readonly Message[];
  /** The round that is going on, from 1; 0 before the first. */
  readonly round: number;
  /** What was kept last. */
  readonly kept: Candidate | undefined;
  /** Whether a call was refused, or time is over: then nothing more can be asked. */
  readonly isSpent: boolean;
  /**
   * A round: asks for alternatives, all at once, and gives those that came through, in the order of the drafts. What
   * fails, is cut short or does not fit into the budget is not among them.
   */
  propose(drafts: readonly Draft[], options: ProposeOptions): Promise<readonly Candidate[]>;
  /** More alternatives in the same round. */
  proposeMore(drafts: readonly Draft[], options: Omit<ProposeOptions, 'why'>): Promise<readonly Candidate[]>;
  /** Asks something beside alternatives; `undefined` when there is no answer. */
  ask(inquiry: Inquiry): Promise<string | undefined>;
  /** Has candidates scored by the evaluator; empty where it cannot say. */
  evaluate(evaluator: Evaluator, candidates: readonly Candidate[]): Promise<readonly Score[]>;
  /** Makes a candidate the answer, until another is kept. */
  keep(candidate: Candidate, why: string): void;
  /** Tells whoever watches what a critic said. */
  criticised(candidate: Candidate, critique: string): void;
}

/** Tells how good candidates are. @since 0.1.0 */
export interface Evaluator {
  readonly name: string;
  /**
   * Scores candidates of one question. Those it says nothing of are left out; an evaluator that asks a model does so
   * with `ask` of the workspace, within the budget.
   */
  score(
    candidates: readonly Candidate[],
    workspace: Pick<Workspace, 'question' | 'ask'> & { readonly signal: AbortSignal },
  ): Promise<readonly Score[]> | readonly Score[];
}

/**
 * A way to think. It keeps the best it has at all times, since the budget may be used up at any call.
 *
 * @since 0.1.0
 */
export interface Strategy {
  readonly name: string;
  /** `converged`: what it could still do would hardly change the answer. */
  run(workspace: Workspace): Promise<'converged' | 'finished'>;
}
