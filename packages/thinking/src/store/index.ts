export { type PostgresThinkingStoreOptions, postgresThinkingStore } from './postgres-thinking-store.ts';
export { type SqliteThinkingStoreOptions, sqliteThinkingStore } from './sqlite-thinking-store.ts';
export { type ThinkInSessionOptions, thinkInSession } from './think-in-session.ts';
export { type ThinkingSessionsOptions, thinkingSessions } from './thinking-sessions.ts';
export type {
  ListOptions,
  NewThought,
  StoredThought,
  ThinkingSession,
  ThinkingSessions,
  ThinkingStore,
} from './thinking-store.ts';
