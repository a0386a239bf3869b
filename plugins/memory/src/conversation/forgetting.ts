import { invalidArgument, shown } from '@aiwork/core/adapter-kit';
import type { ConversationRecord } from './conversation-record.ts';
import type { ConversationTurn } from './conversation-turn.ts';

/** What is to be forgotten; where both are given, what both fit. @since 0.1.0 */
export interface Forgetting {
  /** Turns about this subject. */
  readonly about?: string;
  /** Turns added before this time, in milliseconds since the Unix epoch. */
  readonly before?: number;
}

/** What was forgotten. @since 0.1.0 */
export interface Forgotten {
  readonly turns: number;
  /** Summaries that may have told of what was forgotten. */
  readonly summaries: number;
  /** Conversations of which nothing is left. */
  readonly conversations: number;
}

/** @throws `AIWORK_INVALID_ARGUMENT` when it says nothing, or something that cannot be. */
export function checkForgetting({ about, before }: Forgetting) {
  if (about === undefined && before === undefined)
    throw invalidArgument('nothing says what to forget: give { about } or { before }');
  if (about !== undefined && (typeof about !== 'string' || about === ''))
    throw invalidArgument(`about is ${shown(about)}: give a text of at least one character`);
  if (before !== undefined && !Number.isFinite(before))
    throw invalidArgument(`before is ${shown(before)}: give milliseconds since the Unix epoch`);
  return (turn: Pick<ConversationTurn, 'at' | 'about'>): boolean =>
    (about === undefined || turn.about.includes(about)) && (before === undefined || turn.at < before);
}

export function forgottenBetween(before: ConversationRecord, after: ConversationRecord): Forgotten {
  const isGone = after.turns.length === 0 && !after.summary;
  return {
    turns: before.turns.length - after.turns.length,
    summaries: before.summary && !after.summary ? 1 : 0,
    conversations: isGone && before !== after ? 1 : 0,
  };
}

export function sumOf(all: readonly Forgotten[]): Forgotten {
  const total = (count: (one: Forgotten) => number) => all.reduce((sum, one) => sum + count(one), 0);
  return {
    turns: total(({ turns }) => turns),
    summaries: total(({ summaries }) => summaries),
    conversations: total(({ conversations }) => conversations),
  };
}
