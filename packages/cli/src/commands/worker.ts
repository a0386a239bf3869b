import process from 'node:process';
import { definePlugin, type RunEvent } from '@aiwork/core';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { onInterrupt } from '../interrupts.ts';
import { openRuns } from '../open-orchestrator.ts';
import { elapsed } from '../terminal/elapsed.ts';
import { oneLine } from '../terminal/one-line.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintErr } from '../terminal/style.ts';
import { toJson } from '../to-json.ts';

export interface WorkerCommandOptions {
  readonly queue?: readonly string[];
  readonly group?: string;
  readonly concurrency?: number;
  readonly name?: string;
  readonly state?: string;
  readonly json?: boolean;
}

/** `aiwork worker`: works on runs that nobody works on, and on those of its queues, until it is told to stop. */
export async function worker(file: string, options: WorkerCommandOptions): Promise<ExitCode> {
  const { queue: queues = [], group, concurrency, name, state } = options;
  const flowFile = await loadFlowFile(file);
  const show = options.json ? showJson : showRun(new Map());
  const watch = definePlugin({ name: 'aiwork-worker', setup: (host) => host.on('*', show) });
  await using orchestrator = await openRuns({ state, flowFile, name, plugins: [watch()], create: true });
  const stopped = Promise.withResolvers<void>();
  const release = onInterrupt(() => {
    tell('Stopping: what its queues brought is finished first, other runs are left. Again quits at once.');
    stopped.resolve();
  });
  try {
    const work = await orchestrator.worker({
      queues,
      ...(group !== undefined && { group }),
      ...(concurrency !== undefined && { concurrency }),
    });
    tell(
      `Working on ${units(flowFile.units.length)}${queues.length > 0 ? ` and the queues ${queues.join(', ')}` : ''}`,
    );
    await stopped.promise;
    await work[Symbol.asyncDispose]();
    return exitCode.ok;
  } finally {
    release();
  }
}

const units = (count: number) => `runs of ${count} ${count === 1 ? 'unit' : 'units'}`;

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

function showJson(event: RunEvent): void {
  writeOut(`${toJson(event)}\n`);
}

/** A line when a run begins here, and one when it is over. */
function showRun(begun: Map<string, { readonly at: number; readonly unitId: string }>) {
  return (event: RunEvent): void => {
    const { runId, at } = event;
    const id = oneLine(runId);
    if (event.type === 'run.started' || event.type === 'run.resumed') {
      begun.set(runId, { at, unitId: event.unitId });
      tell(
        `${paintErr('cyan', '●')} ${id} ${event.type === 'run.started' ? 'started' : 'goes on'}: ${oneLine(event.unitId)}`,
      );
    }
    if (event.type !== 'run.finished') return;
    const took = elapsed(at - (begun.get(runId)?.at ?? at));
    begun.delete(runId);
    const why = event.error ? `: ${oneLine(event.error.message)}` : '';
    const [style, mark] = marks[event.status];
    tell(`${paintErr(style, mark)} ${id} ${event.status} after ${took}${why}`);
  };
}

const marks = {
  succeeded: ['green', '✔'],
  failed: ['red', '✖'],
  cancelled: ['yellow', '■'],
} as const;
