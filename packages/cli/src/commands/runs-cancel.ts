import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Orchestrator, RunRecord } from '@aiwork/core';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { type FlowFile, loadFlowFile } from '../flow-file/load-flow-file.ts';
import { resumeCommand } from '../next-command.ts';
import { openRuns } from '../open-orchestrator.ts';
import { requireRun } from '../require-run.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { toJson } from '../to-json.ts';

export interface CancelOptions {
  readonly state?: string;
  readonly file?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/** How long the process that works on the run is given to stop before this command ends. */
const patienceMs = 3000;

/** `aiwork runs cancel`: asks a run to stop, whichever process works on it. */
export async function cancel(runId: string, options: CancelOptions): Promise<ExitCode> {
  const { state, file, reason = 'aiwork runs cancel', json } = options;
  await using orchestrator = await openRuns({ state, ...(file && { flowFile: await storeOnly(file) }) });
  const before = await requireRun(orchestrator, runId);
  if (isOver(before.status)) {
    process.stderr.write(`Run ${runId} is over already: it ${pastOf(before.status)}.\n`);
    if (json) writeOut(`${toJson(before)}\n`);
    return exitCode.ok;
  }
  await orchestrator.cancel(runId, reason);
  const after = await untilOver(orchestrator, runId);
  process.stderr.write(
    isOver(after.status)
      ? `Run ${runId} ${pastOf(after.status)}.\n`
      : `Run ${runId} is asked to stop. If no process works on it, this undoes what it did: ${resumeCommand(runId, { file, state })}\n`,
  );
  if (json) writeOut(`${toJson(after)}\n`);
  return exitCode.ok;
}

/** The file's plugins without its flows: with them, the engine would wait for a run whose process died. */
async function storeOnly(file: string): Promise<FlowFile> {
  const flowFile = await loadFlowFile(file);
  return { ...flowFile, units: [], options: { ...flowFile.options, units: [] } };
}

async function untilOver(orchestrator: Orchestrator, runId: string): Promise<RunRecord> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const record = await requireRun(orchestrator, runId);
    if (isOver(record.status) || Date.now() > deadline) return record;
    await delay(100);
  }
}

function isOver(status: string): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

function pastOf(status: string): string {
  return status === 'cancelled' ? 'was cancelled' : status;
}
