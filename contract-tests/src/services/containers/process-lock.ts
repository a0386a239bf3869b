import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stateFolder } from './state-folder.ts';

const pollMs = 100;

/**
 * Lets one process of this user at a time do what `name` stands for. The lock is SQLite's on a file: the system takes it
 * from a process that dies, so none is ever stale.
 */
export async function withProcessLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(join(await stateFolder(), `${name}.lock`));
  try {
    while (!locked(() => database.exec('BEGIN EXCLUSIVE'))) await sleep(pollMs);
    return await work();
  } finally {
    database.close();
  }
}

const sqliteBusy = 5;

function locked(begin: () => void): boolean {
  try {
    begin();
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return false;
    throw error;
  }
}
