import type { ExitCode } from '../exit-code.ts';
import { followRun } from '../follow-run.ts';
import { readJson } from '../input.ts';
import { chooseWork } from '../runs/open-work.ts';
import { type Place, resumeCommand } from '../runs/place.ts';
import { UsageError } from '../usage-error.ts';

export interface RunOptions extends Omit<Place, 'file'> {
  readonly input?: string;
  readonly flow?: string;
  readonly runId?: string;
  readonly tag?: readonly string[];
  readonly json?: boolean;
  readonly wait?: boolean;
  readonly timeline?: string;
  readonly verbose?: boolean;
}

/** `aiwork run`: starts what a file exports, or a server serves, and shows it to its end. */
export async function run(file: string | undefined, options: RunOptions): Promise<ExitCode> {
  const { state, server, runId, tag } = options;
  if (options.wait === false && state === undefined && server === undefined) {
    throw new UsageError('--no-wait leaves a run to be resumed later, which needs --state FILE');
  }
  const place = { ...options, file };
  const open = await chooseWork(place, options.flow);
  const input = options.input === undefined ? {} : await readJson(options.input, 'the input');
  await using work = await open();
  const started = await work.start(input, { runId, tags: tag }).catch((error: unknown) => {
    throw withHint(error, place);
  });
  return await followRun({ ...place, runs: work.runs, run: started, graph: work.graph });
}

function withHint(error: unknown, { input, runId, ...place }: RunOptions & Place): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'AIWORK_INVALID_INPUT' && input === undefined) {
    return Object.assign(error as Error, { hint: 'no --input was given, which stands for {}' });
  }
  if (code === 'AIWORK_RUN_EXISTS' && runId !== undefined) {
    const hint = `go on with it: ${resumeCommand(runId, place)}; or choose another --run-id`;
    return Object.assign(error as Error, { hint });
  }
  return error;
}
