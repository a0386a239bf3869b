import type { Page } from '@aiwork/core';
import type { ThinkingUsage } from '../budget/thinking-budget.ts';
import type { StopReason, ThinkingEvent } from '../thinking-event.ts';

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
 * Keeps sessions and what was thought in them. Calls reject with `AIWORK_CLOSED` after `close()`, `AIWORK_STORE_FAILED` when
 * the database does, and `AIWORK_INVALID_ARGUMENT`.
 *
 * @since 0.1.0
 */
export interface ThinkingStore extends AsyncDisposable {
  /** @throws `AIWORK_DUPLICATE_ID` when there is a session of this id. */
  createSession(options?: { readonly id?: string; readonly title?: string }): Promise<ThinkingSession>;
  session(id: string): Promise<ThinkingSession | undefined>;
  /** Those that were thought in last come first. */
  sessions(options?: ListOptions): Promise<Page<ThinkingSession>>;
  /** Whether there was one. Its thoughts go with it. */
  deleteSession(id: string): Promise<boolean>;
  /** @throws `AIWORK_SESSION_NOT_FOUND`. */
  add(sessionId: string, thought: NewThought): Promise<StoredThought>;
  /** Of a session, in the order they were added. */
  thoughts(sessionId: string, options?: ListOptions): Promise<Page<StoredThought>>;
  /** Waits for calls in flight, and closes what the store opened. Idempotent. */
  close(): Promise<void>;
}
