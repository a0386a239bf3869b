import type { RunRecord } from '../../adapters/run-store.ts';
import type { RunEvent } from '../../run-event.ts';
import { corruptData } from './sqlite-errors.ts';

export interface RecordRow {
  readonly position: number;
  readonly id: string;
  readonly status: RunRecord['status'];
  readonly updated_at: number;
  readonly wake_at: number | null;
  readonly record: string;
}

/** What to select of `run` joined with `run_record` for a {@link RecordRow}. */
export const recordColumns = `position, id, status, wake_at, record,
  COALESCE((SELECT at FROM segment WHERE run = position ORDER BY last_seq DESC LIMIT 1), updated_at) AS updated_at`;

/** The part of a record that never changes. */
export function toRecordText(record: RunRecord): string {
  const { status: _status, updatedAt: _updatedAt, wakeAt: _wakeAt, ...constant } = record;
  return JSON.stringify(constant);
}

export function toRecord(row: RecordRow, path: string): RunRecord {
  const constant = parse(row.record, path, `the record of run ${JSON.stringify(row.id)}`) as RunRecord;
  const { status, updated_at: updatedAt, wake_at: wakeAt } = row;
  return { ...constant, status, updatedAt, ...(wakeAt !== null && { wakeAt }) };
}

/** The events of one append. */
export interface SegmentRow {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly events: string;
}

/** The events of a segment that come after `after`, up to `end`; the one after `after` must be among them. */
export function toEvents(
  row: SegmentRow,
  after: number,
  end: number,
  { runId, path }: { readonly runId: string; readonly path: string },
): readonly RunEvent[] {
  const { first_seq: first, last_seq: last } = row;
  const what = `events ${first} to ${last} of run ${JSON.stringify(runId)}`;
  const events = parse(row.events, path, what);
  if (!Array.isArray(events) || events.length !== last - first + 1) {
    throw corruptData(path, `${what} are not all there`);
  }
  if (first > after + 1)
    throw corruptData(path, `event ${after + 1} of run ${JSON.stringify(runId)} is missing`);
  return events.slice(after + 1 - first, end + 1 - first);
}

function parse(text: string, path: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corruptData(path, `${what} cannot be read`, cause);
  }
}
