import type { Execution, ExecutionError, Waiting } from '@aiwork/client';
import {
  AiworkError,
  type Orchestrator,
  type RunError,
  type RunEvent,
  type RunRecord,
  type RunStatus,
} from '@aiwork/core';
import type { Access } from './auth/access.ts';
import type { Action } from './auth/principal.ts';
import { requireAction } from './auth/require-action.ts';
import { clientTags, isOf } from './ownership.ts';
import type { ServedUnits } from './served-units.ts';

export const isFinal = (status: RunStatus) =>
  status === 'succeeded' || status === 'failed' || status === 'cancelled';

/** What a record alone says. */
export const toExecution = (record: RunRecord): Execution => executionOf(record, undefined);

/** As {@link toExecution}, of a run that is known to have given this. */
function executionOf(record: RunRecord, output: unknown): Execution {
  const { id, unitId, version, status, tags, createdAt, updatedAt, rerunOf } = record;
  const created = timeOf(createdAt);
  const execution: { -readonly [Name in keyof Execution]: Execution[Name] } = {
    executionId: id,
    unit: unitId,
    version,
    status,
    tags: clientTags(tags),
    createdAt: created,
    updatedAt: updatedAt === createdAt ? created : timeOf(updatedAt),
  };
  if (rerunOf !== undefined) execution.rerunOf = rerunOf;
  if (output !== undefined) execution.output = output;
  return execution;
}

/** Many executions begin in one millisecond, and a time takes as long to write as all the rest of one. */
function timeOf(atMs: number): string {
  if (atMs !== lastMs) {
    lastTime = new Date(atMs).toISOString();
    lastMs = atMs;
  }
  return lastTime;
}

let lastMs = Number.NaN;
let lastTime = '';

/** The runs that somebody may see: those of served units that it may see, which it started itself. */
export interface Executions {
  /** @throws `AIWORK_RUN_NOT_FOUND`; `AIWORK_FORBIDDEN` when it may be seen, and no more. */
  require(access: Access, executionId: string, action: Action): Promise<RunRecord>;
  /**
   * A run with how it ended, or with what it waits for.
   *
   * @throws `AIWORK_RUN_NOT_FOUND`.
   */
  read(access: Access, executionId: string): Promise<Execution>;
  /** A run that succeeded in this process, with its output: what is known is not read from its journal. */
  succeeded(executionId: string, output: unknown): Promise<Execution>;
  isVisible(access: Access, record: RunRecord): boolean;
}

export function executionsOf(orchestrator: Orchestrator, units: ServedUnits): Executions {
  const isVisible = (access: Access, { unitId, tags }: RunRecord) =>
    units.has(unitId) && access.mayDo(unitId, 'read') && isOf(access, tags);

  async function require(access: Access, executionId: string, action: Action): Promise<RunRecord> {
    const record = await orchestrator.get(executionId);
    if (!record || !isVisible(access, record)) throw notFound(executionId);
    requireAction(access, record.unitId, action);
    return record;
  }

  return {
    require,
    isVisible,
    async succeeded(executionId, output) {
      const record = await orchestrator.get(executionId);
      if (!record) throw notFound(executionId);
      return executionOf(record, output);
    },
    async read(access, executionId) {
      const record = await require(access, executionId, 'read');
      const execution = toExecution(record);
      if (record.status === 'queued' || record.status === 'running') return execution;
      const waits = new Map<string, Waiting>();
      for await (const event of orchestrator.events(executionId)) {
        if (event.type === 'run.finished') return { ...execution, ...endOf(event) };
        followWaits(waits, event);
      }
      return waits.size === 0 ? execution : { ...execution, waitingFor: [...waits.values()] };
    },
  };
}

const notFound = (executionId: string) =>
  new AiworkError('AIWORK_RUN_NOT_FOUND', `there is no execution "${executionId}"`);

function endOf({ status, output, error, at }: Extract<RunEvent, { type: 'run.finished' }>) {
  return {
    status,
    updatedAt: new Date(at).toISOString(),
    ...(output !== undefined && { output }),
    ...(error && { error: toExecutionError(error) }),
  };
}

function toExecutionError({ message, code, stepId, retryable }: RunError): ExecutionError {
  return {
    message,
    ...(code !== undefined && { code }),
    ...(stepId !== undefined && { step: stepId }),
    retryable,
  };
}

function followWaits(waits: Map<string, Waiting>, event: RunEvent): void {
  if (event.type === 'step.waiting') {
    const { stepId, prompt, expiresAt } = event;
    waits.set(stepId, {
      step: stepId,
      ...(prompt !== undefined && { prompt }),
      ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
    });
  } else if (event.type.startsWith('step.') && 'stepId' in event) waits.delete(event.stepId);
}
