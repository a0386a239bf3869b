import type { ConversationRecord } from './conversation-record.ts';
import type { ConversationTurn } from './conversation-turn.ts';

/** What is left when the turns that fit are forgotten. A summary that may tell of one of them goes, too. */
export function forgetTurns(
  record: ConversationRecord,
  what: { isForgotten(turn: Pick<ConversationTurn, 'at' | 'about'>): boolean },
): ConversationRecord {
  const { summary } = record;
  const turns = record.turns.filter((turn) => !what.isForgotten(turn));
  // Of turns that are not kept any more, the summary knows whom they were about, and how old the oldest was.
  const tells = summary && what.isForgotten({ at: summary.since, about: summary.about });
  if (turns.length === record.turns.length && !tells) return record;
  return { format: 1, turns, ...(summary && !tells && { summary }) };
}

/**
 * What is left when only the newest turns are kept, and of the others what a summary says. Of `summarised` conversations,
 * those that no summary tells of stay until one does: a summariser that fails loses nothing.
 */
export function keepNewest(
  record: ConversationRecord,
  { turns: most, summarised }: { readonly turns: number; readonly summarised: boolean },
): ConversationRecord {
  const told = new Set(record.summary?.of);
  const excess = record.turns.length - most;
  const turns = record.turns.filter(({ id }, i) => i >= excess || (summarised && !told.has(id)));
  if (turns.length === record.turns.length) return record;
  const kept = new Set(turns.map(({ id }) => id));
  const { summary } = record;
  return {
    format: 1,
    turns,
    ...(summary && { summary: { ...summary, of: summary.of.filter((id) => kept.has(id)) } }),
  };
}
