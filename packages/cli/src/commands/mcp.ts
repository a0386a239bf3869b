import process from 'node:process';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { loadFlowFiles } from '../flow-file/load-flow-files.ts';
import { servedOf } from '../flow-file/served-of.ts';
import { onInterrupt } from '../interrupts.ts';
import { mcpPackage } from '../mcp/mcp-package.ts';
import { openOrchestrator } from '../open-orchestrator.ts';
import { idList } from '../suggest.ts';
import { outStream } from '../terminal/standard-output.ts';

export interface McpCommandOptions {
  readonly flow?: readonly string[];
  readonly state?: string;
  readonly name?: string;
  readonly maxWait?: number;
  readonly verbose?: boolean;
}

/** `aiwork mcp`: what flow files export as tools of the client that started this process, until it has gone. */
export async function mcp(files: readonly string[], options: McpCommandOptions): Promise<ExitCode> {
  const { flow, state, name, maxWait, verbose } = options;
  const { serveMcp } = await mcpPackage(files);
  const flowFile = await loadFlowFiles(files);
  const units = servedOf(flowFile, flow);
  await using orchestrator = await openOrchestrator({ state, flowFile, create: true });
  // What a client that went left unfinished goes on.
  await using _worker = await orchestrator.worker();
  await using serving = serveMcp({
    orchestrator,
    units,
    output: outStream(),
    ...(name !== undefined && { name }),
    ...(maxWait !== undefined && { maxWaitMs: maxWait }),
    onError: (error) => tell(verbose ? String(error.stack) : error.message),
  });
  const release = onInterrupt(() => void serving.close());
  try {
    tell(`Serving ${idList(units.map(({ id }) => id))} to the client that started this`);
    await serving.closed;
    return exitCode.ok;
  } finally {
    release();
  }
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
