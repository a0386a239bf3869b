import { randomUUID } from 'node:crypto';
import type { CallOptions, Message } from '@aiwork/core';
import { invalidArgument, shown } from '@aiwork/core/adapter-kit';
import { type ContextOptions, type ConversationContext, createContextMaker } from './conversation-context.ts';
import type { ConversationSettings } from './conversation-options.ts';
import { type ConversationRecord, emptyRecord, readRecord } from './conversation-record.ts';
import { type ConversationSummary, type ConversationTurn, checkTurnMessages } from './conversation-turn.ts';
import { forgetTurns, keepNewest } from './forget-turns.ts';
import { checkForgetting, type Forgetting, type Forgotten, forgottenBetween } from './forgetting.ts';
import { type RecordPlace, updateRecord } from './update-record.ts';

/** @since 0.1.0 */
export interface AddTurnOptions extends CallOptions {
  /**
   * Names the turn: it is added once, however often the call is repeated, for instance after a crash. The id of the run
   * that answered is a good one. Default: a new one each time.
   */
  readonly id?: string;
  /** Whom and what it is about, such as ids of people. What `forget` goes by. */
  readonly about?: readonly string[];
}

/** What was said with one user, or about one thing. Any number of processes may have it open. @since 0.1.0 */
export interface Conversation {
  readonly id: string;
  /**
   * Adds a turn behind those there are. `false`: one of this id is there, and nothing was added.
   *
   * @throws `AIWORK_INVALID_ARGUMENT` for a tool call without its result, a system message, or what is no message;
   * `AIWORK_LIMIT_EXCEEDED` when the conversation gets longer than the store takes: `keep` less.
   */
  add(messages: readonly Message[], options?: AddTurnOptions): Promise<boolean>;
  /**
   * What a model is to be told for the next question, within `maxTokens`: a summary, what is near to the question, the
   * newest turns, and the question, which is not added. Turns that leave are summarised first, several at once.
   *
   * A summariser or embedder that fails is named in `failures`, and what it would have given is missing; no turn is lost.
   *
   * @throws `AIWORK_LIMIT_EXCEEDED` when the question alone is too long.
   */
  context(
    question: string | Extract<Message, { role: 'user' }>,
    options?: ContextOptions,
  ): Promise<ConversationContext>;
  /** The turns that are kept, oldest first. */
  turns(options?: CallOptions): Promise<readonly ConversationTurn[]>;
  /** What stands for turns that left, and which they are. */
  summary(options?: CallOptions): Promise<ConversationSummary | undefined>;
  /**
   * Erases turns, and a summary that may tell of one of them; it is made anew, when there is need, of those that are left.
   */
  forget(what: Forgetting, options?: CallOptions): Promise<Forgotten>;
}

/** One conversation, at its key. */
export function openConversation(id: string, settings: ConversationSettings): Conversation {
  const { store, prefix, now, keepTurns, keepForMs, summarise } = settings;
  const key = prefix + id;
  const isTooOld = ({ at }: Pick<ConversationTurn, 'at'>) => at < now() - keepForMs;
  const place: RecordPlace = {
    store,
    key,
    ttlMsOf({ turns }) {
      if (keepForMs === Number.POSITIVE_INFINITY || !store.capabilities.ttl) return undefined;
      // Clocks of machines differ, so the last turn need not be the newest.
      const newest = Math.max(...turns.map(({ at }) => at));
      return Math.max(1, newest + keepForMs - now());
    },
  };

  /** What the policy leaves of a conversation. */
  const kept = (record: ConversationRecord): ConversationRecord =>
    keepNewest(forgetTurns(record, { isForgotten: isTooOld }), {
      turns: keepTurns,
      summarised: summarise !== undefined,
    });

  const update = (change: (record: ConversationRecord) => ConversationRecord, options: CallOptions) =>
    updateRecord(place, (record) => kept(change(kept(record))), options);

  async function read(options: CallOptions): Promise<ConversationRecord> {
    const entry = await store.get(key, options);
    return entry ? kept(readRecord(entry.value, key)) : emptyRecord;
  }

  const contextFor = createContextMaker(settings, { read, update });

  return Object.freeze<Conversation>({
    id,
    async add(messages, { id: turnId = randomUUID(), about = [], ...options } = {}) {
      checkTurnMessages(messages);
      checkNames(turnId, about);
      let isAdded = false;
      await update((record) => {
        isAdded = !record.turns.some((turn) => turn.id === turnId);
        if (!isAdded) return record;
        const turn = { id: turnId, at: now(), messages, about: [...new Set(about)] };
        return { ...record, turns: [...record.turns, turn] };
      }, options);
      return isAdded;
    },
    context: (question, options = {}) => contextFor(question, options),
    turns: async (options = {}) => (await read(options)).turns,
    summary: async (options = {}) => (await read(options)).summary,
    async forget(what, options = {}) {
      const isForgotten = checkForgetting(what);
      let forgotten: Forgotten = { turns: 0, summaries: 0, conversations: 0 };
      await update((record) => {
        const left = forgetTurns(record, { isForgotten });
        forgotten = forgottenBetween(record, left);
        return left;
      }, options);
      return forgotten;
    },
  });
}

function checkNames(turnId: unknown, about: unknown): void {
  if (typeof turnId !== 'string' || turnId === '')
    throw invalidArgument(`the id of the turn is ${shown(turnId)}: give a text of at least one character`);
  if (!Array.isArray(about) || !about.every((subject) => typeof subject === 'string' && subject !== ''))
    throw invalidArgument('about is no list of texts of at least one character each');
}
