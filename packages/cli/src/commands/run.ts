import type { ExitCode } from '../exit-code.ts';
import { chooseUnit, isFlow } from '../flow-file/choose-unit.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { followRun } from '../follow-run.ts';
import { readJson } from '../input.ts';
import { resumeCommand } from '../next-command.ts';
import { openOrchestrator } from '../open-orchestrator.ts';
import { UsageError } from '../usage-error.ts';

export interface RunOptions {
  readonly input?: string;
  readonly flow?: string;
  readonly state?: string;
  readonly runId?: string;
  readonly tag?: readonly string[];
  readonly json?: boolean;
  readonly wait?: boolean;
  readonly timeline?: string;
  readonly verbose?: boolean;
}

/** `aiwork run`: starts what a file exports and shows it to its end. */
export async function run(file: string, options: RunOptions): Promise<ExitCode> {
  const { state, runId, tag } = options;
  if (options.wait === false && state === undefined) {
    throw new UsageError('--no-wait leaves a run to be resumed later, which needs --state FILE');
  }
  const flowFile = await loadFlowFile(file);
  const unit = chooseUnit(flowFile, options.flow);
  const input = options.input === undefined ? {} : await readJson(options.input, 'the input');
  await using orchestrator = await openOrchestrator({ state, flowFile, create: true });
  const started = await orchestrator
    .start(unit, input, { ...(runId !== undefined && { runId }), ...(tag && { tags: tag }) })
    .catch((error: unknown) => {
      throw withHint(error, file, options);
    });
  return await followRun({
    ...options,
    file,
    orchestrator,
    run: started,
    graph: isFlow(unit) ? unit.toGraph() : undefined,
  });
}

function withHint(error: unknown, file: string, { input, state, runId }: RunOptions): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'AIWORK_INVALID_INPUT' && input === undefined) {
    return Object.assign(error as Error, { hint: 'no --input was given, which stands for {}' });
  }
  if (code === 'AIWORK_RUN_EXISTS' && runId !== undefined) {
    const hint = `go on with it: ${resumeCommand(runId, { file, state })}; or choose another --run-id`;
    return Object.assign(error as Error, { hint });
  }
  return error;
}
