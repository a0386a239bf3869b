import process from 'node:process';
import { type RunEvent, stintsOf } from '@aiwork/core';
import { callsByWorker } from '../calls-by-worker.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { progressLines } from '../progress/live-view.ts';
import { trackProgress } from '../progress/run-progress.ts';
import { requireRun } from '../require-run.ts';
import { openPlace } from '../runs/open-place.ts';
import type { Place } from '../runs/place.ts';
import type { KnownRun } from '../runs/runs.ts';
import { elapsed } from '../terminal/elapsed.ts';
import { type Fact, factLines } from '../terminal/fact-lines.ts';
import { oneLine } from '../terminal/one-line.ts';
import { paintStatus } from '../terminal/paint-status.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintFor } from '../terminal/style.ts';
import { withoutControls } from '../terminal/without-controls.ts';
import { asText, toJson } from '../to-json.ts';
import { writeTimeline } from '../write-timeline.ts';

export interface ShowOptions extends Place {
  readonly timeline?: string;
  readonly json?: boolean;
}

/** `aiwork runs show`: what is known of a run. */
export async function show(runId: string, options: ShowOptions): Promise<ExitCode> {
  const { timeline, json } = options;
  await using runs = await openPlace(options);
  const record = await requireRun(runs, runId);
  const events: RunEvent[] = [];
  for await (const event of runs.events(runId)) events.push(event);
  if (json) writeOut(`${toJson({ record, events })}\n`);
  else writeOut(`${describeRun(record, events).join('\n')}\n`);
  if (timeline !== undefined) {
    await writeTimeline({ runs, runId, file: timeline });
    process.stderr.write(`Timeline: ${timeline}\n`);
  }
  return exitCode.ok;
}

function describeRun(record: KnownRun, events: readonly RunEvent[]): string[] {
  const paint = paintFor(process.stdout);
  const { status, createdAt, updatedAt } = record;
  const owners = stintsOf(events).map(({ owner }) => oneLine(owner));
  const facts: readonly (Fact | undefined)[] = [
    ['run', record.id],
    ['flow', `${record.unitId} (version ${record.version})`],
    ['status', paintStatus(status, paint)],
    ['started', new Date(createdAt).toISOString()],
    ['took', elapsed(updatedAt - createdAt)],
    owners.length > 0 ? ['worker', owners.join(', then ')] : undefined,
    record.tags.length > 0 ? ['tags', record.tags.join(', ')] : undefined,
    record.parent && ['part of', `step ${record.parent.stepId} of run ${record.parent.runId}`],
    record.input === undefined ? undefined : ['input', asText(record.input)],
  ];
  const progress = trackProgress();
  for (const event of events) progress.apply(event);
  const steps = progressLines(progress, {
    paint,
    now: isUnfinished(record) ? Date.now() : updatedAt,
    height: Number.POSITIVE_INFINITY,
  });
  return [
    ...factLines(
      facts.filter((fact) => fact !== undefined),
      paint,
    ),
    ...steps,
    ...callsByWorker(events),
    ...endOf(events),
  ];
}

function isUnfinished({ status }: KnownRun): boolean {
  return status === 'running' || status === 'waiting' || status === 'queued';
}

function endOf(events: readonly RunEvent[]): string[] {
  const end = events.findLast((event) => event.type === 'run.finished');
  if (!end) return [];
  if (end.error) {
    const code = end.error.code === undefined ? '' : ` (${end.error.code})`;
    return [`${paintFor(process.stdout)('red', 'error:')} ${withoutControls(end.error.message)}${code}`];
  }
  return end.output === undefined ? [] : [asText(end.output)];
}
