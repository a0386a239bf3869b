import process from 'node:process';
import type { RunRecord, RunStatus } from '@aiwork/core';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { openRuns } from '../open-orchestrator.ts';
import { elapsed } from '../terminal/elapsed.ts';
import { paintStatus } from '../terminal/paint-status.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintFor } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { toJson } from '../to-json.ts';

export interface ListOptions {
  readonly state?: string;
  readonly file?: string;
  readonly flow?: string;
  readonly status?: RunStatus;
  readonly tag?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `aiwork runs list`: the newest runs, one a line. */
export async function list(options: ListOptions): Promise<ExitCode> {
  const { state, file, flow, status, tag, limit, json } = options;
  await using orchestrator = await openRuns({ state, ...(file && { flowFile: await loadFlowFile(file) }) });
  const { items, cursor } = await orchestrator.list({
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

function rowOf(record: RunRecord): string[] {
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
