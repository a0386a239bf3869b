import { setImmediate, setTimeout } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';
import { checkSignal } from '../argument-checks.ts';
import type { Connection } from './connection.ts';
import { isBusy, toStoreError } from './sqlite-errors.ts';

/** Most writes in one transaction: at about 10 µs each, the event loop is held for some 10 ms. */
const groupSize = 1000;
/** Waiting for another process's lock begins this short because most transactions take less. */
const shortestWaitMs = 1;
const longestWaitMs = 20;

/** A write as its caller sees it: all of it happens, or nothing. */
interface Write {
  readonly job: () => unknown;
  readonly signal: AbortSignal | undefined;
  /** By `performance.now()`. */
  readonly deadline: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Set once it was in a group that failed as a whole. */
  alone: boolean;
}

/** Reads and writes of one connection. @since 0.1.0 */
export interface Transactions {
  /**
   * Runs `job` in one transaction with all other writes of this turn of the event loop, and resolves with what it
   * returned after the commit. `job` is synchronous and may run twice, of which only the second counts.
   */
  write<T>(job: () => T, signal?: AbortSignal): Promise<T>;
  /** Runs a `job` that only reads; tries again while another process is in the way. */
  read<T>(job: () => T, signal?: AbortSignal): Promise<T>;
}

/**
 * Group commit: what a transaction costs is paid once for all runs that move in the same turn.
 *
 * No savepoint guards each write, because that would cost every one of them. Should one fail, the transaction is rolled
 * back and each write of the group gets a transaction of its own.
 */
export function groupTransactions(connection: Connection, busyTimeoutMs: number): Transactions {
  const { path } = connection;
  let waiting: Write[] = [];
  let scheduled = false;
  let tries = 0;

  function flush(): void {
    scheduled = false;
    const group = takeGroup().filter(isWanted);
    if (group.length > 0 && !transact(group)) {
      waitForLock(group);
      return;
    }
    tries = 0;
    if (waiting.length > 0) schedule();
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  }

  function takeGroup(): readonly Write[] {
    const size = waiting[0]?.alone ? 1 : groupSize;
    const group = waiting.slice(0, size);
    waiting = waiting.slice(size);
    return group;
  }

  /** `false` when another process holds the lock, so that nothing was done. */
  function transact(group: readonly Write[]): boolean {
    try {
      connection.sql('BEGIN IMMEDIATE').run();
    } catch (error) {
      if (isBusy(error)) return false;
      rejectAll(group, toStoreError(error, path));
      return true;
    }
    const results = runJobs(group);
    if (results) commit(group, results);
    return true;
  }

  function runJobs(group: readonly Write[]): readonly unknown[] | undefined {
    try {
      return group.map((write) => write.job());
    } catch (error) {
      rollback();
      if (group.length === 1) rejectAll(group, toStoreError(error, path));
      else waiting = [...group.map((write) => ({ ...write, alone: true })), ...waiting];
      return undefined;
    }
  }

  function commit(group: readonly Write[], results: readonly unknown[]): void {
    try {
      connection.sql('COMMIT').run();
    } catch (error) {
      rollback();
      // The commit may have reached the log before its acknowledgement failed.
      rejectAll(group, toStoreError(error, path, isBusy(error) ? 'not-applied' : 'unknown'));
      return;
    }
    group.forEach((write, index) => {
      write.resolve(results[index]);
    });
  }

  function rollback(): void {
    try {
      connection.sql('ROLLBACK').run();
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full: there is no transaction to end.
    }
  }

  function waitForLock(group: readonly Write[]): void {
    const now = performance.now();
    const late = group.filter((write) => write.deadline <= now);
    rejectAll(late, busyError());
    waiting = [...group.filter((write) => write.deadline > now), ...waiting];
    if (waiting.length === 0) return;
    scheduled = true;
    setTimeout(flush, waitMs(tries));
    tries += 1;
  }

  function busyError() {
    return toStoreError(Object.assign(new Error('database is locked'), { errcode: 5 }), path);
  }

  return {
    write<T>(job: () => T, signal?: AbortSignal) {
      return new Promise<T>((resolve, reject) => {
        checkSignal(signal);
        const deadline = performance.now() + busyTimeoutMs;
        waiting.push({ job, signal, deadline, resolve: resolve as Write['resolve'], reject, alone: false });
        schedule();
      });
    },

    async read(job, signal) {
      const deadline = performance.now() + busyTimeoutMs;
      for (let retries = 0; ; retries += 1) {
        checkSignal(signal);
        try {
          return job();
        } catch (error) {
          if (!isBusy(error) || performance.now() >= deadline) throw toStoreError(error, path);
        }
        await delay(waitMs(retries));
      }
    },
  };
}

function isWanted(write: Write): boolean {
  try {
    checkSignal(write.signal);
    return true;
  } catch (error) {
    write.reject(error);
    return false;
  }
}

function rejectAll(group: readonly Write[], error: unknown): void {
  for (const write of group) write.reject(error);
}

/** Doubles from try to try; the jitter keeps processes that wait for each other out of step. */
function waitMs(tries: number): number {
  return Math.min(longestWaitMs, shortestWaitMs * 2 ** tries) * (0.5 + Math.random() / 2);
}
