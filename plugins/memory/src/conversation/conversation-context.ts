import type { CallOptions, Message } from '@aiwork/core';
import { checkSignal } from '@aiwork/core/adapter-kit';
import { chooseContext, countRecent, shareOf } from './choose-context.ts';
import { type ConversationSettings, wholeNumber } from './conversation-options.ts';
import type { ConversationRecord } from './conversation-record.ts';
import type { ConversationSummary } from './conversation-turn.ts';
import { nearTurns } from './near-turns.ts';
import { nextToTell, summariseTurns, untold } from './summarise-turns.ts';

/** @since 0.1.0 */
export interface ContextOptions extends CallOptions {
  /** Most tokens of this context. Default: that of the conversations. */
  readonly maxTokens?: number;
}

/** What a model is to be told, and what it is made of. @since 0.1.0 */
export interface ConversationContext {
  /** Input of an agent, or messages of a request. The question is the last. */
  readonly messages: readonly Message[];
  readonly tokens: number;
  /** Ids of the newest turns, which are told word for word. */
  readonly recent: readonly string[];
  /** Ids of older turns that are told because they are near to the question. */
  readonly recalled: readonly string[];
  /** What stands for turns that are not told. */
  readonly summary: ConversationSummary | undefined;
  /** What could not be had. */
  readonly failures: readonly { readonly of: 'summary' | 'recall'; readonly error: unknown }[];
}

/** How a conversation is read and changed. */
export interface RecordAccess {
  read(options: CallOptions): Promise<ConversationRecord>;
  update(
    change: (record: ConversationRecord) => ConversationRecord,
    options: CallOptions,
  ): Promise<ConversationRecord>;
}

/** Every summary tells of more turns than the one before it. */
const isSame = (one: ConversationSummary | undefined, other: ConversationSummary | undefined): boolean =>
  one?.text === other?.text && one?.turns === other?.turns && one?.since === other?.since;

/** Makes contexts of a conversation, and keeps its summary up to date for them. */
export function createContextMaker(settings: ConversationSettings, { read, update }: RecordAccess) {
  const { summarise, embedder, tokensOf } = settings;
  // What the policy is about to drop has to be summarised, too.
  const maxTurns = Math.min(settings.maxTurns, settings.keepTurns);

  /** How many turns are told word for word, and how many still are once others have been summarised. */
  function countTurns({ turns, summary }: ConversationRecord, left: number, maxTokens: number) {
    const isWhole = (summary?.turns ?? 0) === (summary?.of.length ?? 0);
    if (isWhole && countRecent(turns, left, { maxTurns, tokensOf }) === turns.length)
      return { recent: turns.length, settled: turns.length };
    const others = (summarise || summary ? 1 : 0) + (embedder ? 1 : 0);
    const forRecent = left - others * shareOf(maxTokens);
    // Half of them leave at once: so the summariser is not asked after every turn.
    const half = { maxTurns: Math.ceil(maxTurns / 2), tokensOf };
    return {
      recent: countRecent(turns, forRecent, { maxTurns, tokensOf }),
      settled: countRecent(turns, forRecent / 2, half),
    };
  }

  /** Summarises turns that leave, batch by batch. What others changed meanwhile is left to the next question. */
  async function settle(
    record: ConversationRecord,
    leaving: number,
    maxTokens: number,
    options: CallOptions,
  ) {
    if (!summarise) return record;
    const how = {
      summarise,
      maxTokens: shareOf(maxTokens),
      maxShownTokens: maxTokens,
      tokensOf,
      signal: options.signal,
    };
    const waiting = new Set(record.turns.slice(0, leaving).map(({ id }) => id));
    let current = record;
    for (;;) {
      const batch = nextToTell(
        untold(current).filter(({ id }) => waiting.has(id)),
        how,
      );
      if (batch.length === 0) return current;
      const summary = await summariseTurns(batch, current.summary, how);
      const before = current.summary;
      let isApplied = false;
      current = await update((now) => {
        const there = new Set(now.turns.map(({ id }) => id));
        // Somebody else summarised, or erased what this one tells of.
        isApplied = isSame(now.summary, before) && batch.every(({ id }) => there.has(id));
        return isApplied ? { ...now, summary } : now;
      }, options);
      if (!isApplied) return current;
    }
  }

  return async function contextFor(
    asked: string | Extract<Message, { role: 'user' }>,
    { maxTokens = settings.maxTokens, ...options }: ContextOptions,
  ): Promise<ConversationContext> {
    wholeNumber('maxTokens', maxTokens);
    const question: Message = typeof asked === 'string' ? { role: 'user', content: asked } : asked;
    const left = maxTokens - tokensOf([question]);
    const failures: { of: 'summary' | 'recall'; error: unknown }[] = [];

    /** What is better had, and can be done without. */
    async function tryFor<T>(of: 'summary' | 'recall', work: Promise<T>, otherwise: T): Promise<T> {
      try {
        return await work;
      } catch (error) {
        checkSignal(options.signal);
        failures.push({ of, error });
        return otherwise;
      }
    }

    let record = await read(options);
    const { recent, settled } = countTurns(record, left, maxTokens);
    const isToldOf = new Set(record.summary?.of);
    const leaving = record.turns.slice(0, record.turns.length - recent).filter(({ id }) => !isToldOf.has(id));
    if (left >= 0 && leaving.length > 0)
      record = await tryFor(
        'summary',
        settle(record, record.turns.length - settled, maxTokens, options),
        record,
      );

    const { turns, summary } = record;
    const recentCount = countTurns(record, left, maxTokens).recent;
    const older = turns.slice(0, turns.length - recentCount);
    const near =
      embedder && left >= 0 && older.length > 0
        ? await tryFor('recall', nearTurns(older, question.content, { embedder, signal: options.signal }), [])
        : [];
    const limits = { maxTokens, maxTurns, tokensOf };
    const chosen = chooseContext({ turns, near, recentCount, summary, question }, limits);
    return {
      messages: chosen.messages,
      tokens: tokensOf(chosen.messages),
      recent: chosen.recent.map(({ id }) => id),
      recalled: chosen.recalled.map(({ id }) => id),
      summary: chosen.summary,
      failures,
    };
  };
}
