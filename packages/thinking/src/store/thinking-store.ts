import type { Page } from '@aiwork/core';
import type { ThinkingUsage } from '../budget/thinking-budget.ts';
import type { StopReason, ThinkingEvent } from '../thinking-event.ts';

declare module '@aiwork/core' {
  interface Slots {
    /** Where sessions are kept that a `thinkTask` is asked in. */
    thinkingStore: ThinkingStore;
  }
}

/** Questions that belong together. @since 0.1.0 */
export interface ThinkingSession {
  readonly id: string;
  readonly title: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** Of the last thought, or when it was made. Milliseconds since the Unix epoch. */
  readonly updatedAt: number;
}

/** A question and what thinking about it came to. @since 0.1.0 */
export interface NewThought {
  /** Default: made up. What is there under an id already is not added again. */
  readonly id?: string;
  readonly question: string;
  readonly answer: string;
  /** The whole text of the alternative that was kept. */
  readonly text: string;
  readonly strategy: string;
  readonly model: string;
  readonly stopped: StopReason;
  readonly rounds: number;
  readonly usage: ThinkingUsage;
  /** What happened on the way, so that its tree can be shown again. */
  readonly events: readonly ThinkingEvent[];
}

/** @since 0.1.0 */
export interface StoredThought extends NewThought {
  readonly id: string;
  readonly sessionId: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

/** Which part of a listing. @since 0.1.0 */
export interface ListOptions {
  /** Default 100, at most 1000. */
  readonly limit?: number;
  /** Of the page before. */
  readonly cursor?: string;
}

/**
 * The sessions of one owner, and what was thought in them. Ids are 1 to 500 characters, without control characters. Calls
 * reject with `AIWORK_CLOSED` once the store is closed, `AIWORK_STORE_FAILED` when the database fails, `AIWORK_STORE_BUSY`
 * when other processes keep it locked, and `AIWORK_INVALID_ARGUMENT`.
 *
 * @since 0.1.0
 */
export interface ThinkingSessions {
  /** @throws `AIWORK_DUPLICATE_ID` when there is a session of this id. */
  createSession(options?: { readonly id?: string; readonly title?: string }): Promise<ThinkingSession>;
  session(id: string): Promise<ThinkingSession | undefined>;
  /** Those that were thought in last come first. */
  sessions(options?: ListOptions): Promise<Page<ThinkingSession>>;
  /** Whether there was one. Its thoughts go with it. */
  deleteSession(id: string): Promise<boolean>;
  /** @throws `AIWORK_SESSION_NOT_FOUND`; `AIWORK_DUPLICATE_ID` when its id is that of a thought of another session. */
  add(sessionId: string, thought: NewThought): Promise<StoredThought>;
  /** Of a session, in the order they were added. */
  thoughts(sessionId: string, options?: ListOptions): Promise<Page<StoredThought>>;
}

/**
 * Keeps sessions. Its own are nobody's, those of an owner are seen by that owner alone.
 *
 * @since 0.1.0
 */
export interface ThinkingStore extends ThinkingSessions, AsyncDisposable {
  /** The sessions of an owner, such as a user of a server. Two owners may have sessions of the same id. */
  of(owner: string): ThinkingSessions;
  /** Waits for calls in flight, and closes what the store opened. Idempotent. */
  close(): Promise<void>;
}
