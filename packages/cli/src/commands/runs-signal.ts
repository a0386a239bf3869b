import process from 'node:process';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { readJson } from '../input.ts';
import { trackWaits } from '../progress/open-waits.ts';
import { requireRun } from '../require-run.ts';
import { openPlace } from '../runs/open-place.ts';
import { type Place, resumeCommand } from '../runs/place.ts';
import type { Runs } from '../runs/runs.ts';
import { didYouMean, idList } from '../suggest.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { UsageError } from '../usage-error.ts';

export interface SignalOptions extends Place {
  readonly idempotencyKey?: string;
  readonly json?: boolean;
}

/** `aiwork runs signal`: answers a step that waits. */
export async function signal(
  runId: string,
  step: string,
  payload: string,
  options: SignalOptions,
): Promise<ExitCode> {
  const { idempotencyKey, json } = options;
  const value = await readJson(payload, 'the payload');
  await using runs = await openPlace(options);
  await requireRun(runs, runId);
  await requireStep(runs, runId, step);
  await runs.signal(runId, step, value, idempotencyKey === undefined ? {} : { idempotencyKey });
  const { status } = await requireRun(runs, runId);
  if (json) writeOut(`${JSON.stringify({ runId, stepId: step, delivered: true, status })}\n`);
  process.stderr.write(
    `Delivered to step "${step}". If no process works on the run, go on with: ${resumeCommand(runId, options)}\n`,
  );
  return exitCode.ok;
}

/**
 * The engine knows a run's steps only with its flow at hand; the journal knows them, too.
 *
 * @throws `AIWORK_UNKNOWN_STEP`, with the step that was likely meant.
 */
async function requireStep(runs: Runs, runId: string, stepId: string): Promise<void> {
  const waits = trackWaits();
  const known = new Set<string>();
  for await (const event of runs.events(runId)) {
    waits.apply(event);
    if (event.type === 'run.started') for (const id of Object.keys(event.digests)) known.add(id);
    else if ('stepId' in event) known.add(event.stepId);
  }
  if (known.has(stepId)) return;
  const { ids } = waits;
  throw new UsageError(`run "${runId}" has no step "${stepId}".${didYouMean(stepId, [...ids, ...known])}`, {
    code: 'AIWORK_UNKNOWN_STEP',
    hint: ids.length === 0 ? 'no step waits now' : `waiting now: ${idList(ids)}`,
  });
}
