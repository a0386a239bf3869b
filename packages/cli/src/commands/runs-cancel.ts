import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { requireRun } from '../require-run.ts';
import { openPlaceAlone } from '../runs/open-place.ts';
import { type Place, resumeCommand } from '../runs/place.ts';
import type { KnownRun, Runs } from '../runs/runs.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { toJson } from '../to-json.ts';

export interface CancelOptions extends Place {
  readonly reason?: string;
  readonly json?: boolean;
}

/** How long the process that works on the run is given to stop before this command ends. */
const patienceMs = 3000;

/** `aiwork runs cancel`: asks a run to stop, whichever process works on it. */
export async function cancel(runId: string, options: CancelOptions): Promise<ExitCode> {
  const { reason = 'aiwork runs cancel', json } = options;
  await using runs = await openPlaceAlone(options);
  const before = await requireRun(runs, runId);
  if (isOver(before.status)) {
    process.stderr.write(`Run ${runId} is over already: it ${pastOf(before.status)}.\n`);
    if (json) writeOut(`${toJson(before)}\n`);
    return exitCode.ok;
  }
  await runs.cancel(runId, reason);
  const after = await untilOver(runs, runId);
  process.stderr.write(
    isOver(after.status)
      ? `Run ${runId} ${pastOf(after.status)}.\n`
      : `Run ${runId} is asked to stop. If no process works on it, this undoes what it did: ${resumeCommand(runId, options)}\n`,
  );
  if (json) writeOut(`${toJson(after)}\n`);
  return exitCode.ok;
}

async function untilOver(runs: Runs, runId: string): Promise<KnownRun> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const record = await requireRun(runs, runId);
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
