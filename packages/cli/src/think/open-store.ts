import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ThinkingStore } from '@aiwork/thinking/store';
import type { SessionPlace } from './session-place.ts';
import { sessionsFolder } from './sessions-folder.ts';
import { thinkingStorePackage } from './thinking-package.ts';

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
