import type { Client, Execution } from '@aiwork/client';
import { hasCode } from '@aiwork/core';
import type { KnownRun, Runs } from '../runs.ts';
import { eventsUntilNow } from './events-until-now.ts';
import { knownEvents } from './known-events.ts';
import { refuseRunId } from './refuse-run-id.ts';
import { serverRun } from './server-run.ts';

/** The runs of a server, as far as whoever asks may see them. */
export function serverRuns(client: Client): Runs {
  return {
    async get(runId) {
      try {
        return toKnownRun(await client.execution(runId).status());
      } catch (error) {
        if (hasCode(error, 'AIWORK_RUN_NOT_FOUND')) return undefined;
        throw error;
      }
    },
    async list({ unitId, status, tag, limit = 100 } = {}) {
      const items: KnownRun[] = [];
      const query = {
        ...(unitId !== undefined && { unit: unitId }),
        ...(status !== undefined && { status }),
        ...(tag !== undefined && { tag }),
      };
      for await (const execution of client.list({ ...query, pageSize: limit })) {
        const run = toKnownRun(execution);
        if (items.length === limit) return { items, cursor: run.id };
        items.push(run);
      }
      return { items };
    },
    events: (runId) => knownEvents(eventsUntilNow(client.execution(runId))),
    async resume(runId) {
      const execution = client.execution(runId);
      await execution.resume().catch((error: unknown) => {
        // Another of its servers is at it: there is nothing to do but to watch.
        if (!hasCode(error, 'AIWORK_RUN_OWNED')) throw error;
      });
      return serverRun(execution);
    },
    async rerun(runId, { from, runId: newId } = {}) {
      refuseRunId(newId);
      return serverRun(await client.execution(runId).rerun(from === undefined ? {} : { from }));
    },
    async cancel(runId, reason) {
      await client.execution(runId).cancel(reason === undefined ? {} : { reason });
    },
    async signal(runId, stepId, payload, options) {
      await client.execution(runId).signal(stepId, payload, options);
    },
    async [Symbol.asyncDispose]() {},
  };
}

function toKnownRun(execution: Execution): KnownRun {
  const { executionId, unit, version, status, tags, createdAt, updatedAt, rerunOf } = execution;
  return {
    id: executionId,
    unitId: unit,
    version,
    status,
    tags,
    createdAt: Date.parse(createdAt),
    updatedAt: Date.parse(updatedAt),
    ...(rerunOf !== undefined && { rerunOf }),
  };
}
