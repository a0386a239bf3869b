import type { RunRecord, RunStatus } from '@aiwork/core';
import { corruptData } from '../redis-errors.ts';
import { defineScript } from '../script.ts';
import type { Ending, RunCalls } from './run-calls.ts';

/** A record as it was found, and the number of its run in the order of creation. */
export interface FoundRun {
  readonly position: string;
  readonly record: RunRecord;
}

type Row = readonly [
  position: string | null,
  status: RunStatus,
  updatedAt: string,
  wakeAt: string | null,
  record: string | null,
];

/** Records asked for in one step. */
const rowsAtOnce = 250;

/** KEYS: journal and state of each run. */
const script = defineScript<readonly Row[]>('read the records of runs', {
  lostReply: 'repeat',
  lua: `
local rows = {}
for key = 1, #KEYS, 2 do
  local row = redis.call('HMGET', KEYS[key + 1], 'position', 'status', 'updatedAt', 'wakeAt')
  row[5] = redis.call('LINDEX', KEYS[key], 0)
  rows[#rows + 1] = row
end
return rows
`,
});

/** The part of a record that never changes. */
export function toRecordText(record: RunRecord): string {
  const { status: _status, updatedAt: _updatedAt, wakeAt: _wakeAt, ...constant } = record;
  return JSON.stringify(constant);
}

/** The runs of these ids, in this order; `undefined` for those that are not there. */
export async function readRuns(
  { connection, keys }: RunCalls,
  ids: readonly string[],
  { signal }: Ending,
): Promise<readonly (FoundRun | undefined)[]> {
  const parts: Promise<readonly Row[]>[] = [];
  for (let first = 0; first < ids.length; first += rowsAtOnce) {
    const keysOfRuns = ids
      .slice(first, first + rowsAtOnce)
      .flatMap((id) => [keys.journal(id), keys.state(id)]);
    parts.push(connection.run(script, keysOfRuns, [], { signal }));
  }
  const rows = (await Promise.all(parts)).flat();
  return rows.map((row, index) => toRun(row, ids[index] as string, connection.where));
}

function toRun(
  [position, status, updatedAt, wakeAt, text]: Row,
  id: string,
  where: string,
): FoundRun | undefined {
  if (position === null || text === null) return undefined;
  const record: RunRecord = {
    ...parseJson<RunRecord>(text, where, `the record of run ${JSON.stringify(id)}`),
    status,
    updatedAt: Number(updatedAt),
    ...(wakeAt !== null && { wakeAt: Number(wakeAt) }),
  };
  return { position, record };
}

/** @throws `AIWORK_CORRUPT_DATA` */
export function parseJson<T>(text: string, where: string, what: string): T {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corruptData(where, `${what} cannot be read`, cause);
  }
}
