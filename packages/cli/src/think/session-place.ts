import type { ThinkingSessions } from '@aiwork/thinking/store';
import type { Place } from '../runs/place.ts';

/** How the user said where sessions are kept. */
export interface SessionPlace extends Pick<Place, 'server' | 'tokenEnv'> {
  /** A SQLite file. */
  readonly sessions?: string;
  /** A file whose plugins may keep them. */
  readonly models?: string;
}

/** Sessions, as commands look at them. */
export type KeptSessions = Pick<ThinkingSessions, 'session' | 'sessions' | 'deleteSession' | 'thoughts'> &
  AsyncDisposable;
