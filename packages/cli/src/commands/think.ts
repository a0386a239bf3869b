import process from 'node:process';
import type { ThinkInput } from '@aiwork/thinking';
import type { ExitCode } from '../exit-code.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { followRun } from '../follow-run.ts';
import { openOrchestrator } from '../open-orchestrator.ts';
import { chooseWork } from '../runs/open-work.ts';
import type { NewWork } from '../runs/work.ts';
import { oneLine } from '../terminal/one-line.ts';
import type { AskedBudget } from '../think/asked-budget.ts';
import { openSessions } from '../think/open-sessions.ts';
import type { SessionPlace } from '../think/session-place.ts';
import { sessionsPlugin } from '../think/sessions-plugin.ts';
import { type ThinkingPackage, thinkingPackage } from '../think/thinking-package.ts';
import { liveThoughts, thoughtLines } from '../think/thought-view.ts';
import { UsageError } from '../usage-error.ts';

export interface ThinkCommandOptions extends SessionPlace {
  readonly model?: string;
  readonly strategy?: string;
  readonly budget?: AskedBudget;
  /** The id of one. */
  readonly session?: string;
  /** In the last one. */
  readonly continue?: boolean;
  readonly state?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** `aiwork think`: has a model, here or at a server, think about a question, and shows the tree. */
export async function think(question: string, options: ThinkCommandOptions): Promise<ExitCode> {
  const { models, server, strategy, budget, json } = options;
  const session = await chosenSession(options);
  const thinking = await thinkingPackage(models === undefined ? [] : [models]);
  await using work =
    server === undefined ? await openLocal(thinking, options) : await openAt(server, options);
  const input: ThinkInput = {
    question,
    ...(strategy !== undefined && { strategy }),
    ...(session !== undefined && { session }),
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

/** @throws `AIWORK_USAGE` when both are asked for, or there is no last one. */
async function chosenSession(options: ThinkCommandOptions): Promise<string | undefined> {
  const { session, json } = options;
  if (!options.continue) return session;
  if (session !== undefined) throw new UsageError('--session and --continue name two: give one of them');
  await using sessions = await openSessions(options);
  const [last] = (await sessions.sessions({ limit: 1 })).items;
  if (!last)
    throw new UsageError('there is no session to go on with', { hint: 'begin one with --session ID' });
  if (!json) process.stderr.write(`Goes on with session ${oneLine(last.id)}: ${oneLine(last.title)}\n`);
  return last.id;
}

const answerOf = (output: unknown) => (output as { readonly answer?: unknown } | undefined)?.answer;

/** With the model that a file of the user's brings. */
async function openLocal({ thinkTask }: ThinkingPackage, options: ThinkCommandOptions): Promise<NewWork> {
  const { models, model, state } = options;
  if (models === undefined) {
    throw new UsageError('it is not said which model is to think', {
      hint: 'name a module with --models FILE, whose export "aiwork" has the plugin of a model, or a server with --server URL',
    });
  }
  const flowFile = await loadFlowFile(models);
  const task = thinkTask(model === undefined ? {} : { model });
  const isInSession = options.session !== undefined || options.continue === true;
  const plugins = isInSession ? [sessionsPlugin(options)] : [];
  const runs = await openOrchestrator({ state, flowFile, plugins, create: true });
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
