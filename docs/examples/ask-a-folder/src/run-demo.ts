import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { type ChatModel, createOrchestrator, definePlugin, hasCode, type Orchestrator } from '@aiwork/core';
import { sqlite } from '@aiwork/core/sqlite';
import { memory } from '@aiwork/memory';
import { loadModel } from './answer/load-model.ts';
import { type CommandLine, help, parseCommandLine, UsageError } from './command-line.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { askAFolder } from './flow.ts';
import { timelineName } from './report/write-report.ts';
import { writeTimeline } from './report/write-timeline.ts';
import { leaseTtlMs } from './resume-when-free.ts';
import type { EmbeddingModel } from './retrieve/open-embedding-model.ts';
import { stems } from './retrieve/words.ts';
import { type StartedRun, startRun } from './start-run.ts';
import { plain } from './terminal/plain.ts';
import { progressLines } from './terminal/progress.ts';
import { summary } from './terminal/summary.ts';

/** The world around the demo. */
export interface Surroundings {
  /** Where the user stands: paths are taken and shown from here. */
  readonly cwd: string;
  /** Columns of the terminal. */
  readonly width: number;
  /** Makes a word stand out. */
  mark(word: string): string;
  /** An embedding model's file, unless the command line names one. */
  readonly embeddings?: string | undefined;
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
  const { embeddings: file = around.embeddings } = command;
  const state = command.state === undefined ? undefined : resolve(cwd, command.state);
  const model = command.model === undefined ? undefined : await loadModel(resolve(cwd, command.model));
  if (state !== undefined) await mkdir(dirname(state), { recursive: true });
  await using meanings = file ? await openMeanings(resolve(cwd, file), signal) : undefined;
  await using orchestrator = createOrchestrator({
    units: [askAFolder],
    leaseTtl: leaseTtlMs,
    plugins: [
      memory({ tokenizer: stems, ...(meanings && { vectors: { embedder: meanings.embedder } }) }),
      ...(meanings ? [meanings.plugin] : []),
      ...(state === undefined ? [] : [sqlite({ path: state })]),
      ...(model ? [chatModel(model)] : []),
    ],
  });
  const out = resolve(cwd, command.out);
  const hasMeanings = meanings !== undefined;
  const started = await startRun({ ...around, orchestrator, command, out, state, hasMeanings });
  return await follow(started, { orchestrator, state, hasMeanings, around });
}

/** The engine is loaded only where there is a model for it. */
async function openMeanings(path: string, signal: AbortSignal): Promise<EmbeddingModel> {
  const { openEmbeddingModel } = await import('./retrieve/open-embedding-model.ts');
  return openEmbeddingModel(path, signal);
}

interface Following {
  readonly orchestrator: Orchestrator;
  readonly state: string | undefined;
  readonly hasMeanings: boolean;
  readonly around: Surroundings;
}

/** Prints what a run does and finds, and writes its timeline. */
async function follow(
  { run, out }: StartedRun,
  { orchestrator, state, hasMeanings, around }: Following,
): Promise<ExitCode> {
  const { print, cwd, width, mark } = around;
  const lineFor = progressLines();
  for await (const event of run) {
    const line = lineFor(event);
    if (line !== undefined) print(`${line}\n`);
  }
  const timeline = join(out, timelineName);
  await writeTimeline(orchestrator, run.id, timeline);
  if ((await run.status()) !== 'succeeded') {
    print(`\nThe timeline shows how far it came: ${relative(cwd, timeline)}\n`);
  }
  const result = await run.result();
  const kept = state === undefined ? undefined : { path: state, runId: run.id };
  const shown = { result, report: result.report, timeline, cwd, width, mark, hasMeanings, state: kept };
  print(`\n${summary(shown)}\n`);
  return result.answer.statements.length > 0 ? exitCode.answered : exitCode.noAnswer;
}

const usageCodes = [
  'AIWORK_INVALID_ARGUMENT',
  'AIWORK_MODEL_UNREADABLE',
  'AIWORK_RUN_NOT_FOUND',
  'AIWORK_RUN_OWNED',
] as const;

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
