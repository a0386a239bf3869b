import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ThinkingSessions, ThinkingStore } from '@aiwork/thinking/store';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { openOrchestrator } from '../open-orchestrator.ts';
import type { Place } from '../runs/place.ts';
import { serverSessions } from './server-sessions.ts';
import { sessionsFolder } from './sessions-folder.ts';
import { thinkingStorePackage } from './thinking-package.ts';

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

/** The sessions of a server, of the plugins of a file, or of a place of their own. */
export async function openSessions(place: SessionPlace): Promise<KeptSessions> {
  if (place.server !== undefined) return serverSessions(place);
  return place.models === undefined ? openStore(place) : openOfFile(place, place.models);
}

async function openOfFile(place: SessionPlace, file: string): Promise<KeptSessions> {
  const { sessionsPlugin } = await import('./sessions-plugin.ts');
  const flowFile = await loadFlowFile(file);
  const orchestrator = await openOrchestrator({ flowFile, plugins: [sessionsPlugin(place)] });
  // Sets its plugins up.
  await orchestrator.list({ limit: 1 });
  const store = orchestrator.use('thinkingStore');
  return { ...store, [Symbol.asyncDispose]: () => orchestrator[Symbol.asyncDispose]() };
}

/**
 * The store at a place of its own: the one that is named, else a file of the user's.
 *
 * @throws `AIWORK_USAGE` when `@aiwork/thinking` is not installed; what opening the store throws.
 */
export async function openStore({ sessions, models }: SessionPlace): Promise<ThinkingStore> {
  const { sqliteThinkingStore } = await thinkingStorePackage(models === undefined ? [] : [models]);
  const path = sessions ?? join(sessionsFolder(), 'thinking.db');
  // What is asked is nobody else's business.
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return sqliteThinkingStore({ path });
}
