import { access } from 'node:fs/promises';
import { AiworkError } from '@aiwork/core';
import { loadNodeSqlite } from '@aiwork/core/adapter-kit';
import { fileFailed } from './snapshot-file.ts';

/** Held by one process at a time; the system takes it away from a process that ends. */
export interface FileLock {
  release(): void;
}

const lockOf = (path: string): string => `${path}.lock`;

/**
 * Takes the lock of a file, without waiting. It is that of an empty SQLite database beside it: the one lock of files that
 * Node.js has, and the same on every system. The database stays, because whoever removed it could remove that of another.
 *
 * @throws AiworkError `AIWORK_STORE_BUSY` when somebody has it, `AIWORK_STORE_FAILED` when there cannot be one.
 */
export function lockFile(path: string): FileLock {
  const { DatabaseSync } = loadNodeSqlite();
  let database: InstanceType<typeof DatabaseSync> | undefined;
  try {
    database = new DatabaseSync(lockOf(path));
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    throw isBusy(cause) ? busy(path, cause) : noLock(path, cause);
  }
  const held = database;
  return { release: () => held.close() };
}

/** Takes the lock of a file that somebody ever took it of. */
export async function lockIfUsed(path: string): Promise<FileLock | undefined> {
  const isUsed = await access(lockOf(path)).then(
    () => true,
    () => false,
  );
  return isUsed ? lockFile(path) : undefined;
}

const sqliteBusy = 5;

function isBusy(cause: unknown): boolean {
  return cause instanceof Error && 'errcode' in cause && cause.errcode === sqliteBusy;
}

function noLock(path: string, cause: unknown): AiworkError {
  const reason = `${JSON.stringify(lockOf(path))} cannot be opened: see that its folder is there and can be written to`;
  return fileFailed('opening the memory', path, 'not-applied', new Error(reason, { cause }));
}

function busy(path: string, cause: unknown): AiworkError {
  return new AiworkError(
    'AIWORK_STORE_BUSY',
    `the memory ${JSON.stringify(path)} is open already, here or in another process: use that one, or close it first; loadMemory() reads it all the same`,
    { cause, outcome: 'not-applied', retryable: true },
  );
}
