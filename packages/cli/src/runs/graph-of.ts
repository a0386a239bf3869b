import type { FlowGraph } from '@aiwork/core';
import { chooseFlow } from '../flow-file/choose-unit.ts';
import { loadFlowFile } from '../flow-file/load-flow-file.ts';
import { type Place, refuseFile, requireFile } from './place.ts';

/**
 * The graph of a flow that a server serves, or a file exports.
 *
 * @throws `AIWORK_USAGE` saying what there is to choose from.
 */
export async function graphOf(place: Place, flowId: string | undefined): Promise<FlowGraph> {
  if (place.server === undefined) {
    return chooseFlow(await loadFlowFile(requireFile(place)), flowId).toGraph();
  }
  refuseFile(place, 'what is drawn is what the server serves: name it with --flow ID');
  return (await import('./server/server-place.ts')).openServerPlace(place).graph(flowId);
}
