import type { Append, AppendResult, RunRecord, RunStore } from '../../adapters/run-store.ts';
import { AiworkError } from '../../errors.ts';
import type { RunEvent } from '../../run-event.ts';
import { checkBytes, checkRunId } from '../argument-checks.ts';
import {
  checkAfterSeq,
  checkAppend,
  checkDueLimit,
  checkLease,
  isFinished,
  pruneBatch,
} from '../run-arguments.ts';
import type { CallGate } from './call-gate.ts';
import type { Connection } from './connection.ts';
import { listRuns } from './list-runs.ts';
import {
  type RecordRow,
  recordColumns,
  type SegmentRow,
  toEvents,
  toRecord,
  toRecordText,
} from './run-rows.ts';
import type { Transactions } from './transactions.ts';

/** Events are read in pages of about this size, between which the event loop goes on. */
const readBytes = 1 << 20;
/** A call of `prune` stops after the run with which it has deleted this many batches of events. */
const pruneSegments = 5000;

export interface SqliteRunStoreParts {
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly gate: CallGate;
  readonly namespace: string;
  readonly now: () => number;
  readonly maxEventBytes: number;
}

interface RunRow {
  readonly position: number;
  readonly status: RunRecord['status'];
  readonly owner: string | null;
  readonly lease_until: number;
  readonly last_seq: number | null;
}

/** Runs in a SQLite file. */
export function createSqliteRunStore(parts: SqliteRunStoreParts): RunStore {
  const { connection, transactions, gate, namespace, now, maxEventBytes } = parts;
  const { sql, path } = connection;

  function find(runId: string): RunRow | undefined {
    return sql(
      `SELECT position, status, owner, lease_until,
         (SELECT last_seq FROM segment WHERE run = position ORDER BY last_seq DESC LIMIT 1) AS last_seq
       FROM run WHERE namespace = ? AND id = ?`,
    ).get(namespace, runId) as RunRow | undefined;
  }

  function create(
    record: RunRecord,
    text: string,
    lease?: { readonly owner: string; readonly ttlMs: number },
  ) {
    const { changes, lastInsertRowid } = sql(
      `INSERT INTO run (namespace, id, unit_id, status, updated_at, wake_at, owner, lease_until)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ).run(
      namespace,
      record.id,
      record.unitId,
      record.status,
      record.updatedAt,
      record.wakeAt ?? null,
      lease?.owner ?? null,
      lease ? now() + lease.ttlMs : 0,
    );
    if (changes === 0) return 'exists';
    sql('INSERT INTO run_record (run, record) VALUES (?, ?)').run(lastInsertRowid, text);
    for (const tag of new Set(record.tags)) {
      sql('INSERT INTO run_tag (run, tag) VALUES (?, ?)').run(lastInsertRowid, tag);
    }
    return 'created';
  }

  function append(
    runId: string,
    { expectedSeq, events, owner, status, wakeAt }: Append,
    text: string,
  ): AppendResult {
    const run = find(runId);
    if (!run) return { applied: false, reason: 'absent' };
    if (owner !== undefined && (run.owner !== owner || run.lease_until <= now())) {
      return { applied: false, reason: 'lease' };
    }
    if ((run.last_seq ?? 0) !== expectedSeq) return { applied: false, reason: 'conflict' };
    const seq = expectedSeq + events.length;
    const at = events.at(-1)?.at;
    if (at !== undefined) {
      sql('INSERT INTO segment (run, first_seq, last_seq, at, events) VALUES (?, ?, ?, ?, ?)').run(
        run.position,
        expectedSeq + 1,
        seq,
        at,
        text,
      );
    }
    // The row of a finished run carries the time of its last event, by which `prune` finds it.
    if (status !== undefined || wakeAt !== undefined || isFinished(run.status)) {
      touch(run, status ?? run.status);
      if (wakeAt !== undefined)
        sql('UPDATE run SET wake_at = ? WHERE position = ?').run(wakeAt, run.position);
    }
    return { applied: true, seq };
  }

  function touch({ position }: RunRow, status: RunRecord['status']): void {
    sql(
      `UPDATE run SET status = ?, updated_at =
         COALESCE((SELECT at FROM segment WHERE run = position ORDER BY last_seq DESC LIMIT 1), updated_at)
       WHERE position = ?`,
    ).run(status, position);
  }

  function readSegments(run: number, after: number, end: number): readonly SegmentRow[] {
    const rows: SegmentRow[] = [];
    let bytes = 0;
    const found = sql(
      `SELECT first_seq, last_seq, events FROM segment
       WHERE run = ? AND last_seq > ? AND first_seq <= ? ORDER BY last_seq`,
    ).iterate(run, after, end) as Iterable<unknown> as Iterable<SegmentRow>;
    for (const row of found) {
      rows.push(row);
      bytes += row.events.length;
      if (bytes >= readBytes) break;
    }
    return rows;
  }

  function prune(before: number): readonly string[] {
    const old = sql(
      `SELECT position, id FROM run
       WHERE namespace = ? AND status IN ('succeeded', 'failed', 'cancelled') AND updated_at < ?
       ORDER BY updated_at LIMIT ?`,
    ).all(namespace, before, pruneBatch) as unknown as readonly { position: number; id: string }[];
    const ids: string[] = [];
    let segments = 0;
    for (const { position, id } of old) {
      segments += Number(sql('DELETE FROM segment WHERE run = ?').run(position).changes);
      sql('DELETE FROM run_tag WHERE run = ?').run(position);
      sql('DELETE FROM run_record WHERE run = ?').run(position);
      sql('DELETE FROM run WHERE position = ?').run(position);
      ids.push(id);
      if (segments >= pruneSegments) break;
    }
    return ids;
  }

  return {
    capabilities: Object.freeze({ durability: 'service-kill', maxEventBytes }),

    createRun(record, { lease, signal } = {}) {
      return gate.pass(async () => {
        checkRunId(record.id);
        if (lease) checkLease(lease.owner, lease.ttlMs);
        const text = toRecordText(record);
        return transactions.write(() => create(record, text, lease), signal);
      });
    },

    getRun(runId, { signal } = {}) {
      return gate.pass(async () => {
        checkRunId(runId);
        const row = await transactions.read(
          () =>
            sql(
              `SELECT ${recordColumns} FROM run JOIN run_record ON run_record.run = position
               WHERE namespace = ? AND id = ?`,
            ).get(namespace, runId),
          signal,
        );
        return row && toRecord(row as unknown as RecordRow, path);
      });
    },

    append(runId, request) {
      return gate.pass(async () => {
        checkRunId(runId);
        checkAppend(request);
        const text = toText(request.events, maxEventBytes);
        return transactions.write(() => append(runId, request, text), request.signal);
      });
    },

    async *events(runId, { afterSeq, signal } = {}) {
      const read = <T>(job: () => T) => gate.pass(() => transactions.read(job, signal));
      let after = checkAfterSeq(afterSeq);
      checkRunId(runId);
      const run = await read(() => find(runId));
      const end = run?.last_seq ?? 0;
      while (run && after < end) {
        const rows = await read(() => readSegments(run.position, after, end));
        if (rows.length === 0) throw pruned(runId, path);
        for (const row of rows) {
          for (const event of toEvents(row, after, end, { runId, path })) yield event;
          after = row.last_seq;
        }
      }
    },

    lease(runId, owner, ttlMs, { signal } = {}) {
      return gate.pass(async () => {
        checkRunId(runId);
        checkLease(owner, ttlMs);
        const { changes } = await transactions.write(() => {
          const time = now();
          return sql(
            `UPDATE run SET owner = ?, lease_until = ?
             WHERE namespace = ? AND id = ? AND (owner IS ? OR lease_until <= ?)`,
          ).run(owner, time + ttlMs, namespace, runId, owner, time);
        }, signal);
        return changes !== 0;
      });
    },

    release(runId, owner, { signal } = {}) {
      return gate.pass(async () => {
        checkRunId(runId);
        await transactions.write(
          () =>
            sql(
              'UPDATE run SET owner = NULL, lease_until = 0 WHERE namespace = ? AND id = ? AND owner = ?',
            ).run(namespace, runId, owner),
          signal,
        );
      });
    },

    due(at, limit, { signal } = {}) {
      return gate.pass(async () => {
        checkDueLimit(limit);
        const rows = await transactions.read(
          () =>
            sql(
              `SELECT id FROM run
               WHERE namespace = ? AND status IN ('queued', 'running', 'waiting') AND lease_until <= ?
                 AND (status <> 'waiting' OR wake_at <= ?)
               ORDER BY position LIMIT ?`,
            ).all(namespace, now(), at, limit),
          signal,
        );
        return rows.map(({ id }) => id as string);
      });
    },

    list(query = {}) {
      return gate.pass(() => transactions.read(() => listRuns(connection, namespace, query), query.signal));
    },

    prune(before, { signal } = {}) {
      return gate.pass(() => transactions.write(() => prune(before), signal));
    },

    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}

function toText(events: readonly RunEvent[], maxEventBytes: number): string {
  const texts = events.map((event) => {
    const text = JSON.stringify(event);
    checkBytes(text, `event ${event.seq} (${event.type})`, 'maxEventBytes', maxEventBytes);
    return text;
  });
  return `[${texts.join(',')}]`;
}

function pruned(runId: string, path: string): AiworkError {
  return new AiworkError(
    'AIWORK_RUN_NOT_FOUND',
    `run ${JSON.stringify(runId)} was deleted from ${path} while its events were read`,
  );
}
