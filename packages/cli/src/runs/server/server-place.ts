import type { Client } from '@aiwork/client';
import { type FlowGraph, hasCode } from '@aiwork/core';
import { requireRun } from '../../require-run.ts';
import type { Place } from '../place.ts';
import type { Runs } from '../runs.ts';
import type { KnownWork, NewWork } from '../work.ts';
import { onlyServed } from './choose-served.ts';
import { refuseRunId } from './refuse-run-id.ts';
import { serverClient } from './server-client.ts';
import { serverRun } from './server-run.ts';
import { serverRuns } from './server-runs.ts';

/** A server, as the commands use it. */
export interface ServerPlace {
  readonly runs: Runs;
  newWork(unitId: string | undefined): Promise<NewWork>;
  knownWork(runId: string): Promise<KnownWork>;
  graph(flowId: string | undefined): Promise<FlowGraph>;
}

export function openServerPlace(place: Place): ServerPlace {
  const client = serverClient(place);
  const runs = serverRuns(client);
  const dispose = { [Symbol.asyncDispose]: () => runs[Symbol.asyncDispose]() };

  return {
    runs,
    async newWork(unitId) {
      const unit = unitId ?? (await onlyServed(client));
      return {
        ...dispose,
        runs,
        unitId: unit,
        graph: await graphOf(client, unit),
        async start(input, { runId, tags }) {
          refuseRunId(runId);
          return serverRun(await client.start(unit, input, tags ? { tags } : {}));
        },
      };
    },
    graph: async (flowId) => client.graph(flowId ?? (await onlyServed(client))),
    async knownWork(runId) {
      const { unitId } = await requireRun(runs, runId);
      return { ...dispose, runs, unitId, graph: await graphOf(client, unitId), whenFree: (ask) => ask() };
    },
  };
}

/** Nothing where it is no flow, or not to be seen. */
async function graphOf(client: Client, unitId: string): Promise<FlowGraph | undefined> {
  try {
    return await client.graph(unitId);
  } catch (error) {
    if (hasCode(error, 'AIWORK_FLOW_NOT_REGISTERED')) return undefined;
    throw error;
  }
}
