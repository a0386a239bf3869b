import { join } from 'node:path';
import type { Orchestrator, Run } from '@aiwork/core';
import { type CommandLine, UsageError } from './command-line.ts';
import { askAFolder } from './flow.ts';
import { reportName, timelineName } from './report/write-report.ts';
import type { Result } from './result.ts';
import { resumeWhenFree } from './resume-when-free.ts';
import { findTarget } from './target.ts';
import { plain } from './terminal/plain.ts';

export interface StartOptions {
  readonly orchestrator: Orchestrator;
  readonly command: CommandLine;
  readonly cwd: string;
  /** Folder of the two pages. */
  readonly out: string;
  readonly state: string | undefined;
  /** Whether an embedding model is set up. */
  readonly hasMeanings: boolean;
  print(text: string): unknown;
  readonly signal: AbortSignal;
}

/** Where a run writes its pages, and how to follow it. */
export interface StartedRun {
  readonly run: Run<Result & { report: string }>;
  readonly out: string;
}

/** Starts the run that a command line asks for, or goes on with the one it names. */
export async function startRun(options: StartOptions): Promise<StartedRun> {
  const { orchestrator, command, cwd, out, state, hasMeanings, print, signal } = options;
  if (command.resume !== undefined) return resumeRun(orchestrator, command.resume, options);
  const { only, ...target } = await findTarget(command, cwd);
  print(`Asking ${plain(target.title)}: ${plain(target.question)}\n`);
  const pages = [out, join(out, reportName), join(out, timelineName)];
  const input = {
    ...target,
    ...(only && { only: [...only] }),
    out,
    exclude: [...pages, ...(state === undefined ? [] : [state, `${state}-wal`, `${state}-shm`])],
    hasModel: command.model !== undefined,
    hasMeanings,
  };
  const run = await orchestrator.start(askAFolder, input, { signal });
  if (state !== undefined) print(`Run ${run.id}; if it is broken off, go on with --resume ${run.id}\n`);
  return { run, out };
}

async function resumeRun(
  orchestrator: Orchestrator,
  runId: string,
  options: StartOptions,
): Promise<StartedRun> {
  const { print, signal, hasMeanings } = options;
  const broken = await orchestrator.get(runId);
  const begun = (broken?.input ?? {}) as { readonly hasMeanings?: boolean };
  if (broken && broken.status !== 'succeeded' && begun.hasMeanings && !hasMeanings)
    throw new UsageError('this run searches by meaning: give it the same --embeddings FILE again');
  const onWait = () => print('Another process holds the run, or died with it: waiting up to 10 seconds.\n');
  const run = await resumeWhenFree(orchestrator, runId, { signal, onWait });
  print(`Going on with run ${plain(runId)}\n`);
  const record = await orchestrator.get(runId);
  // Its pages stay together, wherever this command was called.
  const { out } = (record?.input ?? { out: options.out }) as { readonly out: string };
  return { run: run as StartedRun['run'], out };
}
