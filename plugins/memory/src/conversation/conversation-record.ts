import { AiworkError, type Message } from '@aiwork/core';
import type { ConversationSummary, ConversationTurn } from './conversation-turn.ts';

/** A conversation as it is kept: one entry, so that every change of it is whole. */
export interface ConversationRecord {
  readonly format: 1;
  /** In the order in which they were added. */
  readonly turns: readonly ConversationTurn[];
  readonly summary?: ConversationSummary;
}

export const emptyRecord: ConversationRecord = { format: 1, turns: [] };

/** @throws `AIWORK_CORRUPT_DATA` when it is no conversation, or one of a later version. */
export function readRecord(value: unknown, key: string): ConversationRecord {
  const { format, turns, summary } = (value ?? {}) as Partial<ConversationRecord>;
  const isWhole =
    Array.isArray(turns) && turns.every(isTurn) && (summary === undefined || isSummary(summary));
  if (format === 1 && isWhole) return { format, turns, ...(summary && { summary }) };
  throw new AiworkError(
    'AIWORK_CORRUPT_DATA',
    `the state ${JSON.stringify(key)} is no conversation this version can read (format ${JSON.stringify(format)}): delete it, or give conversations a prefix of their own`,
    { outcome: 'not-applied' },
  );
}

function isTurn(value: unknown): value is ConversationTurn {
  const { id, at, messages, about } = (value ?? {}) as Partial<ConversationTurn>;
  return typeof id === 'string' && typeof at === 'number' && areMessages(messages) && areTexts(about);
}

function isSummary(value: unknown): value is ConversationSummary {
  const { text, turns, of, about, since } = (value ?? {}) as Partial<ConversationSummary>;
  const hasNumbers = typeof turns === 'number' && typeof since === 'number';
  return typeof text === 'string' && hasNumbers && areTexts(of) && areTexts(about);
}

const areMessages = (value: unknown): value is readonly Message[] =>
  Array.isArray(value) && value.every((message) => typeof message?.content === 'string');

const areTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');
