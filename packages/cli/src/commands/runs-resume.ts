import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode, type Orchestrator, type Run, toMilliseconds } from '@aiwork/core';
import type { ExitCode } from '../exit-code.ts';
import { isFlow } from '../flow-file/choose-unit.ts';
import { type FlowFile, loadFlowFile } from '../flow-file/load-flow-file.ts';
import { followRun } from '../follow-run.ts';
import { cliLeaseTtl, openRuns } from '../open-orchestrator.ts';
import { requireRun } from '../require-run.ts';
import { requireUnit } from '../require-unit.ts';

export interface ResumeOptions {
  readonly state?: string;
  readonly json?: boolean;
  readonly wait?: boolean;
  readonly timeline?: string;
  readonly verbose?: boolean;
}

/** `aiwork runs resume`: goes on with a run that its process left unfinished. */
export async function resume(runId: string, file: string, options: ResumeOptions): Promise<ExitCode> {
  const flowFile = await loadFlowFile(file);
  await using orchestrator = await openRuns({ state: options.state, flowFile });
  const { unitId } = await requireRun(orchestrator, runId);
  const unit = requireUnit(flowFile, unitId, runId);
  let afterSeq = 0;
  for await (const { seq } of orchestrator.events(runId)) afterSeq = seq;
  const run = await takeOver(orchestrator, runId, leaseMs(flowFile));
  return await followRun({
    ...options,
    file,
    orchestrator,
    run,
    afterSeq,
    graph: isFlow(unit) ? unit.toGraph() : undefined,
  });
}

function leaseMs({ options }: FlowFile): number {
  return toMilliseconds(options.leaseTtl ?? cliLeaseTtl, 'leaseTtl');
}

/** A process that was killed holds its run until the lease ends; one that lives renews it. */
async function takeOver(orchestrator: Orchestrator, runId: string, ttlMs: number): Promise<Run<unknown>> {
  const deadline = Date.now() + ttlMs * 1.2;
  for (let told = false; ; told = true) {
    try {
      return await orchestrator.resume(runId);
    } catch (error) {
      if (!hasCode(error, 'AIWORK_RUN_OWNED') || Date.now() > deadline) throw error;
      if (!told) process.stderr.write(`Waiting for the process that works on run ${runId} to give it up …\n`);
      await delay(Math.min(200, ttlMs / 5));
    }
  }
}
