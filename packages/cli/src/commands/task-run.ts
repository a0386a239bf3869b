import process from 'node:process';
import { definePlugin, hasCode } from '@aiwork/core';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { chooseFlow } from '../flow-file/choose-unit.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { onInterrupt } from '../interrupts.ts';
import { openOrchestrator } from '../open-orchestrator.ts';
import { lineView } from '../progress/line-view.ts';
import { toAnswer } from '../task/answer.ts';
import { chooseStep } from '../task/choose-step.ts';
import { payloadFolder } from '../task/payload-folder.ts';
import { readRequest } from '../task/read-request.ts';
import { type TaskPart, toStepOptions } from '../task/step-options.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { untilFree } from '../until-free.ts';
import { UsageError } from '../usage-error.ts';

export interface TaskRunOptions {
  readonly flow?: string;
  /** Behind the steps that call the sub-flows it is in, as in `review/summarise`. Of the flow's own tasks, none. */
  readonly step?: string;
  readonly part: TaskPart;
  readonly state?: string;
  readonly outDir?: string;
  readonly inlineBytes: number;
}

/** What is told to stop has this long to. */
const stopMs = 10_000;

/** `aiwork task run`: makes one attempt of a step that a request on standard input tells of, and answers with a line. */
export async function taskRun(file: string, options: TaskRunOptions): Promise<ExitCode> {
  const { part, state, outDir, inlineBytes } = options;
  const flowFile = await loadFlowFile(file);
  const { flow, stepId } = chooseStep(chooseFlow(flowFile, options.flow), options);
  const request = await readRequest();
  const folder = outDir === undefined ? undefined : payloadFolder(outDir);
  const given = await toStepOptions(request, part, folder);
  const view = lineView(process.stderr);
  const watch = definePlugin({ name: 'aiwork-task', setup: (host) => host.on('*', view.event) });
  await using orchestrator = await openOrchestrator({ state, flowFile, plugins: [watch()], create: true });
  const interrupt = interruption();
  try {
    const { signal } = interrupt;
    const end = await untilFree(`step ${stepId} of run ${request.runId}`, flowFile, () =>
      orchestrator.runStep(flow, stepId, { ...given, signal }),
    ).catch((error: unknown) => {
      if (!hasCode(error, 'AIWORK_INVALID_ARGUMENT')) throw error;
      throw new UsageError(error.message);
    });
    if (end.status === 'cancelled' && interrupt.code !== undefined) return interrupt.code;
    const { line, code } = await toAnswer(end, { part, folder, inlineBytes });
    writeOut(`${JSON.stringify(line)}\n`);
    return code;
  } finally {
    interrupt.release();
  }
}

/** Aborts at SIGTERM or Ctrl-C, and ends the process when that does not help. */
function interruption() {
  const stop = new AbortController();
  // A step that sleeps holds no handle of its own: without one, Node would take the process for done.
  const alive = setInterval(() => {}, 60_000);
  let code: ExitCode | undefined;
  const forget = onInterrupt((signal) => {
    const ended = signal === 'SIGTERM' ? exitCode.terminated : exitCode.interrupted;
    code = ended;
    process.stderr.write(`Stopping at ${signal}\n`);
    setTimeout(() => process.exit(ended), stopMs).unref();
    stop.abort(new Error(`${signal} stopped it`));
  });
  return {
    signal: stop.signal,
    get code() {
      return code;
    },
    release() {
      forget();
      clearInterval(alive);
    },
  };
}
