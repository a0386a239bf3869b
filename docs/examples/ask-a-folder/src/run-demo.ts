import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import {
  type ChatModel,
  createOrchestrator,
  definePlugin,
  hasCode,
  type Orchestrator,
  type Run,
  type RunEvent,
} from '@aiwork/core';
import { sqlite } from '@aiwork/core/sqlite';
import { memory } from '@aiwork/memory';
import { loadModel } from './answer/load-model.ts';
import { type CommandLine, help, parseCommandLine, UsageError } from './command-line.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { askAFolder } from './flow.ts';
import { reportName, timelineName } from './report/write-report.ts';
import type { Result } from './result.ts';
import { leaseTtlMs, resumeWhenFree } from './resume-when-free.ts';
import { stems } from './retrieve/words.ts';
import { findTarget } from './target.ts';
import { plain } from './terminal/plain.ts';
import { progressLines } from './terminal/progress.ts';
import { summary } from './terminal/summary.ts';

/** The world around the demo. */
export interface Surroundings {
  /** Where the user stands: paths are taken and shown from here. */
  readonly cwd: string;
  /** Columns of the terminal. */
  readonly width: number;
  print(text: string): unknown;
  printError(text: string): unknown;
  /** Aborting it cancels the run. */
  readonly signal: AbortSignal;
}

const chatModel = definePlugin<ChatModel>({
  name: 'model-file',
  setup: (host, model) => host.provide('chatModel', model),
});

/** Does what the arguments ask for, and says it to the terminal. Whatever goes wrong is said too, never thrown. */
export async function runDemo(args: readonly string[], around: Surroundings): Promise<ExitCode> {
  try {
    const command = parseCommandLine(args);
    if (command.help) {
      around.print(help);
      return exitCode.answered;
    }
    const cwd = await realpath(around.cwd);
    return await ask(command, { ...around, cwd });
  } catch (error) {
    return report(error, around);
  }
}

async function ask(command: CommandLine, around: Surroundings): Promise<ExitCode> {
  const { cwd, signal } = around;
  const out = resolve(cwd, command.out);
  const state = command.state === undefined ? undefined : resolve(cwd, command.state);
  const model = command.model === undefined ? undefined : await loadModel(resolve(cwd, command.model));
  if (state !== undefined) await mkdir(dirname(state), { recursive: true });

  await using orchestrator = createOrchestrator({
    units: [askAFolder],
    leaseTtl: leaseTtlMs,
    plugins: [
      memory({ tokenizer: stems }),
      ...(state === undefined ? [] : [sqlite({ path: state })]),
      ...(model ? [chatModel(model)] : []),
    ],
  });

  let run: Run<Result & { report: string }>;
  if (command.resume !== undefined) {
    const onWait = () =>
      around.print('Another process holds the run, or died with it: waiting up to 10 seconds.\n');
    run = (await resumeWhenFree(orchestrator, command.resume, { signal, onWait })) as typeof run;
    around.print(`Going on with run ${plain(run.id)}\n`);
  } else {
    const { only, ...target } = await findTarget(command, cwd);
    around.print(`Asking ${plain(target.title)}: ${plain(target.question)}\n`);
    const exclude = [
      out,
      join(out, reportName),
      join(out, timelineName),
      ...(state === undefined ? [] : [state, `${state}-wal`, `${state}-shm`]),
    ];
    const input = {
      ...target,
      ...(only && { only: [...only] }),
      out,
      exclude,
      hasModel: model !== undefined,
    };
    run = await orchestrator.start(askAFolder, input, { signal });
    if (state !== undefined)
      around.print(`Run ${run.id}; if it is broken off, go on with --resume ${run.id}\n`);
  }
  return await follow({ run, orchestrator, out, state, around });
}

interface Following {
  readonly run: Run<Result & { report: string }>;
  readonly orchestrator: Orchestrator;
  readonly out: string;
  readonly state: string | undefined;
  readonly around: Surroundings;
}

async function follow({ run, orchestrator, out, state, around }: Following): Promise<ExitCode> {
  const { print, cwd, width } = around;
  const lineFor = progressLines();
  for await (const event of run) {
    const line = lineFor(event);
    if (line !== undefined) print(`${line}\n`);
  }
  const timeline = await writeTimeline(orchestrator, run.id, out);
  let result: Result & { report: string };
  try {
    result = await run.result();
  } catch (error) {
    print(`\nThe timeline shows how far it came: ${relative(cwd, timeline)}\n`);
    throw error;
  }
  const { report } = result;
  const kept = state === undefined ? undefined : { path: state, runId: run.id };
  print(`\n${summary({ result, report, timeline, cwd, width, state: kept })}\n`);
  return result.answer.statements.length > 0 ? exitCode.answered : exitCode.noAnswer;
}

async function writeTimeline(orchestrator: Orchestrator, runId: string, folder: string): Promise<string> {
  const { timelineHtml } = { timelineHtml: (_: unknown) => '' };
  const record = await orchestrator.get(runId);
  if (!record) throw new Error(`run ${runId} is gone from its store`);
  const events: RunEvent[] = [];
  for await (const event of orchestrator.events(runId)) events.push(event);
  const path = join(folder, timelineName);
  await mkdir(folder, { recursive: true });
  await writeFile(path, timelineHtml({ record, events, graph: askAFolder.toGraph() }));
  return path;
}

const usageCodes = ['AIWORK_INVALID_ARGUMENT', 'AIWORK_RUN_NOT_FOUND', 'AIWORK_RUN_OWNED'] as const;

function report(error: unknown, { printError, signal }: Surroundings): ExitCode {
  if (signal.aborted || hasCode(error, 'AIWORK_CANCELLED')) {
    printError('Cancelled.\n');
    return exitCode.cancelled;
  }
  printError(`error: ${plain(error instanceof Error ? error.message : String(error))}\n`);
  if (error instanceof UsageError) {
    printError('See: npx -y pnpm@12 demo -- --help\n');
    return exitCode.usage;
  }
  return usageCodes.some((code) => hasCode(error, code)) ? exitCode.usage : exitCode.failed;
}
