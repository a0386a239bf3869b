import process from 'node:process';
import type { RunStatus } from '@aiwork/core';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { openPlace } from '../runs/open-place.ts';
import type { Place } from '../runs/place.ts';
import type { KnownRun } from '../runs/runs.ts';
import { elapsed } from '../terminal/elapsed.ts';
import { paintStatus } from '../terminal/paint-status.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintFor } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { toJson } from '../to-json.ts';

export interface ListOptions extends Place {
  readonly flow?: string;
  readonly status?: RunStatus;
  readonly tag?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `aiwork runs list`: the newest runs, one a line. */
export async function list(options: ListOptions): Promise<ExitCode> {
  const { flow, status, tag, limit, json } = options;
  await using runs = await openPlace(options);
  const { items, cursor } = await runs.list({
    ...(flow !== undefined && { unitId: flow }),
    ...(status && { status }),
    ...(tag !== undefined && { tag }),
    limit,
  });
  if (json) for (const record of items) writeOut(`${toJson(record)}\n`);
  else if (items.length === 0) process.stderr.write('No runs.\n');
  else writeOut(`${table(['RUN', 'FLOW', 'STATUS', 'STARTED', 'TOOK', 'TAGS'], items.map(rowOf))}\n`);
  if (cursor !== undefined) process.stderr.write(`More runs than ${limit}: raise --limit, or filter.\n`);
  return exitCode.ok;
}

function rowOf(record: KnownRun): string[] {
  const paint = paintFor(process.stdout);
  const { id, unitId, status, createdAt, updatedAt, tags } = record;
  return [
    id,
    unitId,
    paintStatus(status, paint),
    new Date(createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    elapsed(updatedAt - createdAt),
    tags.join(', '),
  ];
}
