import { definePlugin, type Plugin } from '@aiwork/core';
import { type PostgresThinkingStoreOptions, postgresThinkingStore } from './postgres-thinking-store.ts';
import { type SqliteThinkingStoreOptions, sqliteThinkingStore } from './sqlite-thinking-store.ts';

/** Where sessions are: a SQLite file, or a pool of PostgreSQL. @since 0.1.0 */
export type ThinkingSessionsOptions = SqliteThinkingStoreOptions | PostgresThinkingStoreOptions;

/**
 * A plugin that keeps sessions for `thinkTask`, and for whoever asks for the slot `thinkingStore`: in SQLite, or in PostgreSQL
 * where it is given a pool. Setting it up fails as the store's own function does.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { createOrchestrator } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { thinkTask } from '@aiwork/thinking';
 * import { thinkingSessions } from '@aiwork/thinking/store';
 *
 * const path = join(await mkdtemp(join(tmpdir(), 'aiwork-')), 'thinking.db');
 * const model = scriptedChatModel(['Answer: 4', 'Answer: 4', 'Answer: 8', 'Answer: 8']);
 * const task = thinkTask({ model });
 * await using ai = createOrchestrator({ plugins: [thinkingSessions({ path })] });
 * await (await ai.start(task, { question: '2 + 2?', session: 'sums' })).result();
 * const run = await ai.start(task, { question: 'And twice that?', session: 'sums' });
 * console.log((await run.result()).answer, model.requests.at(-1)?.messages.length); // 8 4
 * ```
 * @since 0.1.0
 */
export function thinkingSessions(options: ThinkingSessionsOptions): Plugin {
  return definePlugin({
    name: '@aiwork/thinking',
    async setup(host) {
      const store = await ('pool' in options ? postgresThinkingStore(options) : sqliteThinkingStore(options));
      host.provide('thinkingStore', store);
      return store;
    },
  })();
}
