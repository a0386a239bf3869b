import process from 'node:process';
import { definePlugin, type RunEvent } from '@aiwork/core';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { onInterrupt } from '../interrupts.ts';
import { openRuns } from '../open-orchestrator.ts';
import { openTelemetry, type QueueOptions } from '../open-telemetry.ts';
import { runLines } from '../run-lines.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { toJson } from '../to-json.ts';

export interface WorkerCommandOptions extends QueueOptions {
  readonly concurrency?: number;
  readonly name?: string;
  readonly state?: string;
  readonly json?: boolean;
  readonly telemetry?: boolean;
}

/** `aiwork worker`: works on runs that nobody works on, and on those of its queues, until it is told to stop. */
export async function worker(file: string, options: WorkerCommandOptions): Promise<ExitCode> {
  const { queue: queues = [], group, concurrency, name, state } = options;
  const flowFile = await loadFlowFile(file);
  const show = options.json ? showJson : runLines();
  const watch = definePlugin({ name: 'aiwork-worker', setup: (host) => host.on('*', show) });
  await using telemetry = options.telemetry ? await openTelemetry([file], options) : undefined;
  if (telemetry?.capabilities.signals.length === 0) {
    tell('Sends no telemetry: OTEL_EXPORTER_OTLP_ENDPOINT says where to, such as http://localhost:4318');
  }
  const plugins = [watch(), ...(telemetry ? [telemetry.plugin] : [])];
  await using orchestrator = await openRuns({ state, flowFile, name, plugins, create: true });
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
