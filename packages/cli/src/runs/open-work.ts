import type { AnyUnit } from '@aiwork/core';
import { chooseUnit, isFlow } from '../flow-file/choose-unit.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { openOrchestrator, openRuns } from '../open-orchestrator.ts';
import { requireRun } from '../require-run.ts';
import { requireUnit } from '../require-unit.ts';
import { untilFree } from '../until-free.ts';
import { type Place, refuseFile, requireFile } from './place.ts';
import type { Runs } from './runs.ts';
import type { KnownWork, NewWork, Work } from './work.ts';

/**
 * Chooses what is to be run: of a server, what it serves under this id; else what a flow file exports. Gives what opens it.
 *
 * @throws `AIWORK_USAGE` saying what there is to choose from.
 */
export async function chooseWork(place: Place, unitId: string | undefined): Promise<() => Promise<NewWork>> {
  const { state, server } = place;
  if (server !== undefined) {
    refuseFile(place, 'what is run is what the server serves: name it with --flow ID');
    const work = await (await import('./server/server-place.ts')).openServerPlace(place).newWork(unitId);
    return () => Promise.resolve(work);
  }
  const flowFile = await loadFlowFile(requireFile(place));
  const unit = chooseUnit(flowFile, unitId);
  return async () => {
    const runs = await openOrchestrator({ state, flowFile, create: true });
    return {
      ...localWork(runs, unit),
      start: (input, { runId, tags }) =>
        runs.start(unit, input, { ...(runId !== undefined && { runId }), ...(tags && { tags }) }),
    };
  };
}

/** @throws `AIWORK_RUN_NOT_FOUND`; `AIWORK_FLOW_NOT_REGISTERED` when the flow file does not export its unit. */
export async function openKnownWork(runId: string, place: Place): Promise<KnownWork> {
  if (place.server !== undefined) {
    refuseFile(place, 'the server has the flow');
    return (await import('./server/server-place.ts')).openServerPlace(place).knownWork(runId);
  }
  const flowFile = await loadFlowFile(requireFile(place));
  const runs = await openRuns({ state: place.state, flowFile });
  try {
    const { unitId } = await requireRun(runs, runId);
    return {
      ...localWork(runs, requireUnit(flowFile, unitId, runId)),
      whenFree: (ask) => untilFree(`run ${runId}`, flowFile, ask),
    };
  } catch (error) {
    await runs[Symbol.asyncDispose]();
    throw error;
  }
}

function localWork(runs: Runs, unit: AnyUnit): Work {
  return {
    runs,
    unitId: unit.id,
    graph: isFlow(unit) ? unit.toGraph() : undefined,
    [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose](),
  };
}
