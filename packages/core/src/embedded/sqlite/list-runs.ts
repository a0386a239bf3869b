import type { Page } from '../../adapters/adapter.ts';
import type { RunQuery, RunRecord } from '../../adapters/run-store.ts';
import { cursorPosition, pageLimit } from '../run-arguments.ts';
import type { Connection } from './connection.ts';
import { type RecordRow, recordColumns, toRecord } from './run-rows.ts';

/**
 * One page of runs, newest first. SQLite's planner would rather sort all runs than walk an index backwards, so the
 * statement says where to begin.
 */
export function listRuns({ sql, path }: Connection, namespace: string, query: RunQuery): Page<RunRecord> {
  const limit = pageLimit(query);
  const rows = sql(listSql(query)).all({
    namespace,
    below: cursorPosition(query),
    // One more than asked for tells whether there is a next page.
    limit: limit + 1,
    ...(query.unitId !== undefined && { unitId: query.unitId }),
    ...(query.status !== undefined && { status: query.status }),
    ...(query.tag !== undefined && { tag: query.tag }),
  }) as unknown as readonly RecordRow[];
  const items = rows.slice(0, limit).map((row) => toRecord(row, path));
  const last = rows[limit - 1];
  return rows.length > limit && last ? { items, cursor: String(last.position) } : { items };
}

function listSql({ unitId, status, tag }: RunQuery): string {
  const conditions = [
    'namespace = $namespace',
    ...(unitId === undefined ? [] : ['unit_id = $unitId']),
    ...(status === undefined ? [] : ['status = $status']),
    ...(tag === undefined ? ['position < $below'] : ['tag = $tag', 'run_tag.run < $below']),
  ];
  return `SELECT ${recordColumns}
    FROM ${from({ unitId, status, tag })} JOIN run_record ON run_record.run = position
    WHERE ${conditions.join(' AND ')}
    ORDER BY ${tag === undefined ? 'position' : 'run_tag.run'} DESC LIMIT $limit`;
}

function from({ unitId, status, tag }: Record<'unitId' | 'status' | 'tag', string | undefined>): string {
  if (tag !== undefined) return 'run_tag CROSS JOIN run ON position = run_tag.run';
  if (unitId !== undefined) return 'run INDEXED BY run_unit';
  return status === undefined ? 'run INDEXED BY run_namespace' : 'run INDEXED BY run_status';
}
