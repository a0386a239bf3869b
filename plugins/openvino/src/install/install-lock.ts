import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { loadNodeSqlite } from '@aiwork/core/adapter-kit';

/** How often it is tried again, in milliseconds. */
const retryMs = 250;

/**
 * Waits until no other process works in `folder`, and keeps others out until it is disposed of. It is the lock of an
 * SQLite file, which the system lets go of when its process is killed: none is ever left behind.
 */
export async function installLock(folder: string, signal?: AbortSignal): Promise<Disposable> {
  await mkdir(folder, { recursive: true });
  const { DatabaseSync } = loadNodeSqlite();
  const database = new DatabaseSync(join(folder, 'lock.sqlite'));
  for (;;) {
    try {
      database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
      return {
        [Symbol.dispose]() {
          database.exec('ROLLBACK');
          database.close();
        },
      };
    } catch (error) {
      // SQLITE_BUSY and SQLITE_LOCKED, with whatever is more precise in the upper bits.
      const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
      if (code !== 5 && code !== 6) {
        database.close();
        throw error;
      }
    }
    try {
      await wait(retryMs, undefined, { ...(signal && { signal }) });
    } catch (error) {
      database.close();
      throw error;
    }
  }
}
