import {
  type ChatModel,
  type Duration,
  type Embedder,
  estimateTokens,
  type Message,
  type StateStore,
  type Summarise,
  summariseWith,
  toMilliseconds,
  UnsupportedCapabilityError,
} from '@aiwork/core';
import { checkPrefix, invalidArgument, shown } from '@aiwork/core/adapter-kit';

/** What {@link createConversations} takes. @since 0.1.0 */
export interface ConversationsOptions {
  /** Keeps each conversation in one entry. It needs `compareAndSet`, and `list` for what goes through all conversations. */
  readonly store: StateStore;
  /** What the keys begin with. Default `conversation/`. */
  readonly prefix?: string;
  /** Most tokens of a context, the question included and the agent's instructions not. Default 8,000. */
  readonly maxTokens?: number;
  /** Most turns that are told word for word because they are the newest. Default: as many as fit. */
  readonly maxTurns?: number;
  /** Counts tokens of messages. Default: `estimateTokens` of core, which counts rather more than less. */
  estimateTokens?(messages: readonly Message[]): number;
  /**
   * Says in a few words what is not told word for word any more: a model, or a function. What it gives takes a quarter of
   * `maxTokens` at most. Default: what does not fit is not told.
   */
  readonly summarise?: ChatModel | Summarise;
  /**
   * Finds, of what is not told word for word any more, what is near to the question by meaning, in a quarter of
   * `maxTokens`. All turns that are kept are embedded for each question, so let it be one that caches.
   */
  readonly embedder?: Embedder;
  /** What is forgotten by itself. */
  readonly keep?: ConversationPolicy;
  /** Default `Date.now`. */
  readonly now?: () => number;
}

/** How long turns are kept. @since 0.1.0 */
export interface ConversationPolicy {
  /** Most turns of a conversation. Of those before them stays what a summary says. Default 1,000. */
  readonly turns?: number;
  /**
   * How long after it was added a turn is kept. A summary that may tell of an older one goes with it, and is made anew of
   * the turns that are kept. Default: for good.
   */
  readonly for?: Duration;
}

/** Options with every default filled in. */
export interface ConversationSettings {
  readonly store: StateStore;
  readonly prefix: string;
  readonly maxTokens: number;
  readonly maxTurns: number;
  readonly keepTurns: number;
  readonly keepForMs: number;
  readonly summarise: Summarise | undefined;
  readonly embedder: Embedder | undefined;
  tokensOf(messages: readonly Message[]): number;
  now(): number;
}

export function conversationSettings(options: ConversationsOptions): ConversationSettings {
  const { store, prefix = 'conversation/', maxTokens = 8000, summarise, embedder, keep = {} } = options;
  const { maxTurns = Number.POSITIVE_INFINITY, now = Date.now } = options;
  checkPrefix(prefix);
  if (!store.capabilities.compareAndSet)
    throw new UnsupportedCapabilityError(
      'conversations need a state store with compareAndSet, or one process would overwrite what another added: use another store',
    );
  return {
    store,
    prefix,
    maxTokens: wholeNumber('maxTokens', maxTokens),
    maxTurns: maxTurns === Number.POSITIVE_INFINITY ? maxTurns : wholeNumber('maxTurns', maxTurns),
    keepTurns: wholeNumber('keep.turns', keep.turns ?? 1000),
    keepForMs: keep.for === undefined ? Number.POSITIVE_INFINITY : keepFor(keep.for),
    summarise: typeof summarise === 'object' ? summariseWith(summarise) : summarise,
    embedder,
    tokensOf: options.estimateTokens ?? estimateTokens,
    now,
  };
}

function keepFor(duration: Duration): number {
  const ms = toMilliseconds(duration, 'keep.for');
  if (ms > 0) return ms;
  throw invalidArgument('keep.for is 0, so that nothing would be kept: give a duration above it');
}

export function wholeNumber(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw invalidArgument(`${name} is ${shown(value)}: use a whole number of 1 or more`);
}
