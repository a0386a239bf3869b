import process from 'node:process';
import { type FlowGraph, type Run, type RunStatus, toRunError } from '@aiwork/core';
import { type ExitCode, exitCode } from './exit-code.ts';
import { onInterrupt } from './interrupts.ts';
import { jsonView } from './progress/json-view.ts';
import { lineView } from './progress/line-view.ts';
import { liveView } from './progress/live-view.ts';
import type { ProgressView } from './progress/view.ts';
import { showError } from './report-error.ts';
import { type Place, resumeCommand } from './runs/place.ts';
import type { Runs } from './runs/runs.ts';
import { elapsed } from './terminal/elapsed.ts';
import { writeOut } from './terminal/standard-output.ts';
import { paintErr } from './terminal/style.ts';
import { asText, toJson } from './to-json.ts';
import { watchRun } from './watch-run.ts';
import { writeTimeline } from './write-timeline.ts';

export interface FollowOptions extends Place {
  readonly runs: Runs;
  readonly run: Run<unknown>;
  readonly graph?: FlowGraph | undefined;
  readonly json?: boolean;
  readonly verbose?: boolean;
  /** `false`: leave a run that waits for a signal, to be resumed later. */
  readonly wait?: boolean;
  /** Where a timeline goes when the run is over or left. */
  readonly timeline?: string | undefined;
  /** The last event that happened before this process took the run up. */
  readonly afterSeq?: number;
  /** What shows the run. Default: its steps. */
  createView?(): ProgressView;
  /** What of its output is printed. Default: all of it. */
  outputOf?(output: unknown): unknown;
}

/** Shows a run to its end, lets Ctrl-C cancel it, and prints the result. */
export async function followRun(options: FollowOptions): Promise<ExitCode> {
  const { runs, run, graph, timeline } = options;
  const view = options.createView?.() ?? createView(options);
  // By the clock of who works on the run: where it was started or left is not known here.
  let beganAt: number | undefined;
  let endedAt = 0;
  const timed: ProgressView = {
    ...view,
    event(event) {
      beganAt ??= event.at;
      endedAt = event.at;
      view.event(event);
    },
  };
  // A run that waits holds no handle of its own: without one, Node would take the process for done.
  const alive = setInterval(() => {}, 60_000);
  const release = onInterrupt((signal) => {
    view.note(`Cancelling run ${run.id}: its steps are stopped and undone. Ctrl-C again quits at once.`);
    run.cancel(`${signal} in the terminal`).catch((error) => showError(error));
  });
  try {
    const left = await watchRun(run, timed, options).finally(() => view.end());
    const code = left
      ? tellWaiting(options)
      : await tellEnd(options, elapsed(endedAt - (beganAt ?? endedAt)));
    if (timeline !== undefined) {
      await writeTimeline({ runs, runId: run.id, graph, file: timeline });
      process.stderr.write(`Timeline: ${timeline}\n`);
    }
    return code;
  } finally {
    release();
    clearInterval(alive);
  }
}

function createView({ json, graph, afterSeq }: FollowOptions): ProgressView {
  if (json) return jsonView();
  const live = process.stderr.isTTY && process.env['TERM'] !== 'dumb' && !process.env['CI'];
  return live ? liveView(process.stderr, graph, afterSeq) : lineView(process.stderr, afterSeq);
}

function tellWaiting({ run, json, ...place }: FollowOptions): ExitCode {
  if (json) tellResult(run.id, 'waiting', {});
  process.stderr.write(`Run ${run.id} waits. Go on after the signal with: ${resumeCommand(run.id, place)}\n`);
  return exitCode.waiting;
}

async function tellEnd(
  { run, json, verbose, outputOf = (output) => output }: FollowOptions,
  took: string,
): Promise<ExitCode> {
  const ended = await run.result().then(
    (output) => ({ output }),
    (error: unknown) => ({ error }),
  );
  if ('output' in ended) {
    process.stderr.write(`${paintErr('green', '✔')} Run ${run.id} succeeded in ${took}\n`);
    if (json) tellResult(run.id, 'succeeded', { output: ended.output });
    else if (ended.output !== undefined) writeOut(`${asText(outputOf(ended.output))}\n`);
    return exitCode.ok;
  }
  const status = await run.status();
  if (json) {
    const { stack, ...error } = toRunError(ended.error);
    tellResult(run.id, status, { error: verbose ? { ...error, stack } : error });
  }
  if (status === 'cancelled') {
    process.stderr.write(`${paintErr('yellow', '■')} Run ${run.id} was cancelled after ${took}\n`);
    return exitCode.cancelled;
  }
  showError(ended.error, verbose ? { verbose } : {});
  const what = status === 'failed' ? status : `was left unfinished (${status})`;
  process.stderr.write(`${paintErr('red', '✖')} Run ${run.id} ${what} after ${took}\n`);
  return exitCode.failed;
}

function tellResult(runId: string, status: RunStatus, end: { output?: unknown; error?: unknown }): void {
  writeOut(`${toJson({ type: 'result', runId, status, ...end })}\n`);
}
