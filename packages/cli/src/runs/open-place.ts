import { type FlowFile, loadFlowFile } from '../flow-file/load-flow-file.ts';
import { openRuns } from '../open-orchestrator.ts';
import type { Place } from './place.ts';
import type { Runs } from './runs.ts';

/**
 * The runs of a place, to look at and to send something to.
 *
 * @throws `AIWORK_USAGE` when nothing says where runs are kept.
 */
export function openPlace(place: Place): Promise<Runs> {
  return open(place, (flowFile) => flowFile);
}

/** As {@link openPlace}, without the flows of a flow file: with them, the engine waits for runs whose process died. */
export function openPlaceAlone(place: Place): Promise<Runs> {
  return open(place, (flowFile) => ({ ...flowFile, units: [], options: { ...flowFile.options, units: [] } }));
}

async function open(place: Place, readAs: (flowFile: FlowFile) => FlowFile): Promise<Runs> {
  const { state, file, server } = place;
  if (server !== undefined) return (await import('./server/server-place.ts')).openServerPlace(place).runs;
  return openRuns({ state, ...(file && { flowFile: readAs(await loadFlowFile(file)) }) });
}
