import type { PayloadStore } from '../../adapters/payload-store.ts';
import { checkRunId, checkWellFormed, limitExceeded } from '../argument-checks.ts';
import type { CallGate } from './call-gate.ts';
import type { Connection } from './connection.ts';
import type { Transactions } from './transactions.ts';

export interface SqlitePayloadStoreParts {
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly gate: CallGate;
  readonly namespace: string;
  readonly maxPayloadBytes: number;
}

/** Payloads in a SQLite file. */
export function createSqlitePayloadStore(parts: SqlitePayloadStoreParts): PayloadStore {
  const { connection, transactions, gate, namespace, maxPayloadBytes } = parts;
  const { sql } = connection;

  return {
    capabilities: Object.freeze({ durability: 'service-kill', maxPayloadBytes }),

    put(runId, hash, data, { signal } = {}) {
      return gate.pass(async () => {
        checkRunId(runId);
        checkWellFormed(hash, 'the hash');
        if (data.byteLength > maxPayloadBytes) {
          throw limitExceeded('the payload', data.byteLength, 'maxPayloadBytes', maxPayloadBytes);
        }
        // The caller may use its buffer again before the transaction begins.
        const copy = new Uint8Array(data);
        await transactions.write(
          () =>
            sql(
              'INSERT INTO payload (namespace, run_id, hash, data) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
            ).run(namespace, runId, hash, copy),
          signal,
        );
      });
    },

    get(runId, hash, { signal } = {}) {
      return gate.pass(async () => {
        checkRunId(runId);
        checkWellFormed(hash, 'the hash');
        const row = await transactions.read(
          () =>
            sql('SELECT data FROM payload WHERE namespace = ? AND run_id = ? AND hash = ?').get(
              namespace,
              runId,
              hash,
            ),
          signal,
        );
        return row?.data as Uint8Array | undefined;
      });
    },

    deleteRun(runId, { signal } = {}) {
      return gate.pass(async () => {
        checkRunId(runId);
        await transactions.write(
          () => sql('DELETE FROM payload WHERE namespace = ? AND run_id = ?').run(namespace, runId),
          signal,
        );
      });
    },

    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}
