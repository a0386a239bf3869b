import process from 'node:process';
import type { ThinkInput } from '@aiwork/thinking';
import type { ExitCode } from '../exit-code.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { followRun } from '../follow-run.ts';
import { openOrchestrator } from '../open-orchestrator.ts';
import { chooseWork } from '../runs/open-work.ts';
import type { NewWork } from '../runs/work.ts';
import type { AskedBudget } from '../think/asked-budget.ts';
import { type ThinkingPackage, thinkingPackage } from '../think/thinking-package.ts';
import { liveThoughts, thoughtLines } from '../think/thought-view.ts';
import { UsageError } from '../usage-error.ts';

export interface ThinkCommandOptions {
  readonly models?: string;
  readonly model?: string;
  readonly strategy?: string;
  readonly budget?: AskedBudget;
  readonly state?: string;
  readonly server?: string;
  readonly tokenEnv?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** `aiwork think`: has a model, here or at a server, think about a question, and shows the tree. */
export async function think(question: string, options: ThinkCommandOptions): Promise<ExitCode> {
  const { models, server, strategy, budget, json } = options;
  const thinking = await thinkingPackage(models === undefined ? [] : [models]);
  await using work =
    server === undefined ? await openLocal(thinking, options) : await openAt(server, options);
  const input: ThinkInput = {
    question,
    ...(strategy !== undefined && { strategy }),
    ...(budget && { budget }),
  };
  const run = await work.start(input, {});
  const isLive = process.stderr.isTTY && process.env['TERM'] !== 'dumb' && !process.env['CI'];
  const createView = isLive ? liveThoughts : thoughtLines;
  return await followRun({
    ...options,
    runs: work.runs,
    run,
    ...(!json && { createView: () => createView(process.stderr, thinking), outputOf: answerOf }),
  });
}

const answerOf = (output: unknown) => (output as { readonly answer?: unknown } | undefined)?.answer;

/** With the model that a file of the user's brings. */
async function openLocal(
  { thinkTask }: ThinkingPackage,
  { models, model, state }: ThinkCommandOptions,
): Promise<NewWork> {
  if (models === undefined) {
    throw new UsageError('it is not said which model is to think', {
      hint: 'name a module with --models FILE, whose export "aiwork" has the plugin of a model, or a server with --server URL',
    });
  }
  const flowFile = await loadFlowFile(models);
  const task = thinkTask(model === undefined ? {} : { model });
  const runs = await openOrchestrator({ state, flowFile, create: true });
  return {
    runs,
    unitId: task.id,
    start: (input) => runs.start(task, input as ThinkInput),
    [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose](),
  };
}

/** With the model of a server that serves thinking. */
async function openAt(server: string, { models, model, tokenEnv }: ThinkCommandOptions): Promise<NewWork> {
  if (models !== undefined || model !== undefined) {
    throw new UsageError('--models and --model are not for --server: the model is that of the server');
  }
  return (await chooseWork({ server, tokenEnv }, 'think'))();
}
