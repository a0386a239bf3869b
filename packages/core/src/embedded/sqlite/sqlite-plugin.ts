import { definePlugin } from '../../plugin.ts';
import { type SqliteStorageOptions, sqliteStorage } from './sqlite-storage.ts';

/**
 * The plugin that keeps runs, payloads and state in one SQLite file: runs survive the process, and several processes may
 * share the file.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { sqlite } from '@aiwork/core/sqlite';
 * import { z } from 'zod';
 *
 * const folder = await mkdtemp(join(tmpdir(), 'aiwork-'));
 * const double = defineTask({ id: 'double', input: z.number(), run: (n) => n * 2 });
 * await using ai = createOrchestrator({ plugins: [sqlite({ path: join(folder, 'runs.db') })] });
 * console.log(await (await ai.start(double, 21)).result()); // 42
 * ```
 * @since 0.1.0
 */
export const sqlite = definePlugin<SqliteStorageOptions>({
  name: 'sqlite',
  setup(host, options) {
    const storage = sqliteStorage(options);
    host.provide('runStore', storage.runStore);
    host.provide('payloadStore', storage.payloadStore);
    host.provide('stateStore', storage.stateStore);
    return storage;
  },
});
