import { AiworkError, type Message } from '@aiwork/core';
import { summaryMessage } from '@aiwork/core/adapter-kit';
import type { ConversationSummary, ConversationTurn } from './conversation-turn.ts';

/** What a context may take. */
export interface ContextLimits {
  readonly maxTokens: number;
  readonly maxTurns: number;
  tokensOf(messages: readonly Message[]): number;
}

/** What a context is made of. */
export interface ChosenContext {
  readonly messages: readonly Message[];
  /** Turns that are told because they are the newest. */
  readonly recent: readonly ConversationTurn[];
  /** Older turns that are told because they are near to the question, in the order in which they were added. */
  readonly recalled: readonly ConversationTurn[];
  readonly summary: ConversationSummary | undefined;
}

const share = 0.25;

/** Most tokens that a summary takes, and what is recalled, in a context of so many. */
export const shareOf = (maxTokens: number): number => Math.floor(maxTokens * share);

/**
 * How many of the newest turns are told word for word when so many tokens are left for them. Turns are whole, so a tool
 * call is never told without its result.
 */
export function countRecent(
  turns: readonly ConversationTurn[],
  maxTokens: number,
  { maxTurns, tokensOf }: Omit<ContextLimits, 'maxTokens'>,
): number {
  let left = maxTokens;
  let count = 0;
  for (const { messages } of turns.toReversed()) {
    left -= tokensOf(messages);
    if (left < 0 || count >= maxTurns) break;
    count += 1;
  }
  return count;
}

/** What there is to choose from. */
export interface ContextParts {
  readonly turns: readonly ConversationTurn[];
  /** Of older turns, the most worth telling first. */
  readonly near: readonly ConversationTurn[];
  readonly recentCount: number;
  readonly summary: ConversationSummary | undefined;
  readonly question: Message;
}

/**
 * A context within its limits: the summary, what is recalled, the newest turns, and the question, each in the order in
 * which it was said.
 *
 * @throws `AIWORK_LIMIT_EXCEEDED` when the question alone is too long.
 */
export function chooseContext(
  { turns, near, recentCount, summary, question }: ContextParts,
  limits: ContextLimits,
): ChosenContext {
  const { maxTokens, maxTurns, tokensOf } = limits;
  checkQuestion(question, limits);
  let left = maxTokens - tokensOf([question]);
  let recent = recentCount === 0 ? [] : turns.slice(-recentCount);
  const isTold = summary === undefined || tellsNothingBeyond(summary, recent);
  const most = Math.min(shareOf(maxTokens), left);
  const brief = isTold ? undefined : summaryMessage(summary.text, most, tokensOf);
  let head = brief ? [brief] : [];
  left -= tokensOf([...head, ...messagesOf(recent)]);
  let recalled = fitting(near, Math.min(shareOf(maxTokens), left), tokensOf);
  left -= tokensOf(messagesOf(recalled));

  // What neither the summary nor recalled turns took.
  for (let next = turns.at(-recent.length - 1); next && recent.length < maxTurns; ) {
    const tokens = recalled.includes(next) ? 0 : tokensOf(next.messages);
    if (tokens > left) break;
    left -= tokens;
    recent = [next, ...recent];
    recalled = recalled.filter((turn) => turn !== next);
    next = turns.at(-recent.length - 1);
  }

  const chosen = () => [...head, ...messagesOf(inOrder(turns, recalled)), ...messagesOf(recent), question];
  // Messages may count more together than one by one.
  while (tokensOf(chosen()) > maxTokens) {
    if (recalled.length > 0) recalled = recalled.slice(0, -1);
    else if (recent.length > 0) recent = recent.slice(1);
    else head = [];
  }
  return {
    messages: chosen(),
    recent,
    recalled: inOrder(turns, recalled),
    summary: head.length > 0 ? summary : undefined,
  };
}

function tellsNothingBeyond(
  { turns, of }: ConversationSummary,
  recent: readonly ConversationTurn[],
): boolean {
  const told = new Set(recent.map(({ id }) => id));
  return turns === of.length && of.every((id) => told.has(id));
}

const messagesOf = (turns: readonly ConversationTurn[]): readonly Message[] =>
  turns.flatMap(({ messages }) => messages);

function checkQuestion(question: Message, { maxTokens, tokensOf }: ContextLimits): void {
  const tokens = tokensOf([question]);
  if (tokens <= maxTokens) return;
  throw new AiworkError(
    'AIWORK_LIMIT_EXCEEDED',
    `the question takes ${tokens} tokens, and ${maxTokens} are allowed (maxTokens): shorten it, or raise maxTokens`,
    { outcome: 'not-applied' },
  );
}

function fitting(
  turns: readonly ConversationTurn[],
  maxTokens: number,
  tokensOf: ContextLimits['tokensOf'],
): readonly ConversationTurn[] {
  let left = maxTokens;
  return turns.filter(({ messages }) => {
    const tokens = tokensOf(messages);
    if (tokens > left) return false;
    left -= tokens;
    return true;
  });
}

function inOrder(
  turns: readonly ConversationTurn[],
  some: readonly ConversationTurn[],
): readonly ConversationTurn[] {
  const ids = new Set(some.map(({ id }) => id));
  return turns.filter(({ id }) => ids.has(id));
}
