import type { PayloadStore } from '../../adapters/payload-store.ts';
import type { RunStore } from '../../adapters/run-store.ts';
import type { StateStore } from '../../adapters/state-store.ts';
import { invalidArgument, limitOption } from '../argument-checks.ts';
import { defaultMaxKeyBytes } from '../state-arguments.ts';
import { createCallGate } from './call-gate.ts';
import { openConnection } from './connection.ts';
import { createSqlitePayloadStore } from './payload-store.ts';
import { createSqliteRunStore } from './run-store.ts';
import { storageSchema } from './schema.ts';
import { createSqliteStateStore } from './state-store.ts';
import { groupTransactions } from './transactions.ts';

const mebibyte = 1 << 20;
const defaultBusyTimeoutMs = 5000;

/** @since 0.1.0 */
export interface SqliteStorageOptions {
  /** The file; created when it is not there. Its folder has to exist. */
  readonly path: string;
  /**
   * What an acknowledged write survives. `'normal'`: the kill of this process, not a power failure or a crash of the
   * operating system, which may take back the last transactions (never parts of one). `'full'`: these too, for one
   * flush of the disk per transaction. Default `'normal'`.
   */
  readonly synchronous?: 'normal' | 'full';
  /** How long a call waits while other processes write, in milliseconds. Default 5000. */
  readonly busyTimeoutMs?: number;
  /** Keeps apart those who share a file: no run, payload or key of one namespace is seen in another. Default `''`. */
  readonly namespace?: string;
  /** The clock leases and times to live are measured by, in milliseconds since the Unix epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** Largest event, in bytes of its JSON in UTF-8. Default 4 MiB. */
  readonly maxEventBytes?: number;
  /** Largest payload; writing one holds the event loop for some 6 ms per MiB. Default 64 MiB. */
  readonly maxPayloadBytes?: number;
  /** Longest key, in bytes of UTF-8. Default 16,384. */
  readonly maxKeyBytes?: number;
  /** Largest value, in bytes of its JSON in UTF-8. Default 16 MiB. */
  readonly maxValueBytes?: number;
}

/** The stores of one file. @since 0.1.0 */
export interface SqliteStorage extends AsyncDisposable {
  readonly runStore: RunStore;
  readonly payloadStore: PayloadStore;
  readonly stateStore: StateStore;
  /** Closes the three stores and, with the last of them, the file. */
  close(): Promise<void>;
}

/**
 * Keeps runs, payloads and state in one SQLite file, without a server. Several processes may use the file at once.
 *
 * Writes of one turn of the event loop share a transaction, so many runs at once cost little more than one. The file is
 * in WAL mode: beside it lie `-wal` and `-shm` files while it is open, which belong to it. It has to be on a local disk.
 *
 * @throws `AIWORK_STORE_FAILED` when the file cannot be opened, or this Node has no `node:sqlite`.
 * @throws `AIWORK_STORE_BUSY` when other processes keep it locked.
 * @throws `AIWORK_CORRUPT_DATA` when it is damaged, no SQLite database, another program's, or of a newer schema version.
 * @throws `AIWORK_INVALID_ARGUMENT` when an option has a value that cannot be used.
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { sqliteStorage } from '@aiwork/core/sqlite';
 *
 * const folder = await mkdtemp(join(tmpdir(), 'aiwork-'));
 * const { stateStore, close } = sqliteStorage({ path: join(folder, 'state.db') });
 * await stateStore.set('greeting', 'hello');
 * console.log((await stateStore.get('greeting'))?.value); // hello
 * await close();
 * ```
 * @since 0.1.0
 */
export function sqliteStorage(options: SqliteStorageOptions): SqliteStorage {
  const {
    synchronous = 'normal',
    busyTimeoutMs = defaultBusyTimeoutMs,
    namespace = '',
    now = Date.now,
  } = options;
  checkOptions({ synchronous, busyTimeoutMs, namespace });
  const limits = {
    maxEventBytes: limitOption(options.maxEventBytes, 'maxEventBytes', 4 * mebibyte),
    maxPayloadBytes: limitOption(options.maxPayloadBytes, 'maxPayloadBytes', 64 * mebibyte),
    maxKeyBytes: limitOption(options.maxKeyBytes, 'maxKeyBytes', defaultMaxKeyBytes),
    maxValueBytes: limitOption(options.maxValueBytes, 'maxValueBytes', 16 * mebibyte),
  };
  const connection = openConnection({
    path: options.path,
    synchronous,
    busyTimeoutMs,
    schema: storageSchema,
  });
  const transactions = groupTransactions(connection, busyTimeoutMs);
  let open = 3;
  const part = (what: string) => {
    const gate = createCallGate(`the SQLite ${what} ${connection.path}`, () => {
      open -= 1;
      if (open === 0) connection.close();
    });
    return { connection, transactions, gate, namespace, now, ...limits };
  };
  const runStore = createSqliteRunStore(part('run store'));
  const payloadStore = createSqlitePayloadStore(part('payload store'));
  const stateStore = createSqliteStateStore(part('state store'));
  async function close(): Promise<void> {
    await Promise.all([runStore.close(), payloadStore.close(), stateStore.close()]);
  }
  return { runStore, payloadStore, stateStore, close, [Symbol.asyncDispose]: close };
}

function checkOptions(
  options: Required<Pick<SqliteStorageOptions, 'synchronous' | 'busyTimeoutMs' | 'namespace'>>,
) {
  const { synchronous, busyTimeoutMs, namespace } = options;
  if (synchronous !== 'normal' && synchronous !== 'full') {
    throw invalidArgument(`synchronous is ${JSON.stringify(synchronous)}: give 'normal' or 'full'`);
  }
  if (!Number.isInteger(busyTimeoutMs) || busyTimeoutMs < 0 || busyTimeoutMs > 0x7fffffff) {
    throw invalidArgument(`busyTimeoutMs is ${busyTimeoutMs}: give a whole number of milliseconds`);
  }
  if (typeof namespace !== 'string' || !namespace.isWellFormed()) {
    throw invalidArgument(`namespace is ${JSON.stringify(namespace)}: give a well-formed string`);
  }
}
