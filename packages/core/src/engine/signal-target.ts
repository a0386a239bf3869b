import type { RunRecord } from '../adapters/run-store.ts';
import { AiworkError } from '../errors.ts';
import { validate } from '../schema.ts';
import type { AnyUnit } from '../units/runnable.ts';
import { compile } from './compile.ts';
import { finishedError } from './run-failure.ts';
import { isFinal } from './run-records.ts';
import type { RunState } from './run-state.ts';

export interface SignalTarget {
  readonly record: RunRecord;
  readonly state: RunState;
  readonly unit: AnyUnit | undefined;
  readonly stepId: string;
  readonly payload: unknown;
  readonly idempotencyKey?: string;
}

/**
 * Refuses a payload nobody will ever take.
 *
 * @throws `AIWORK_RUN_FINISHED`, `AIWORK_UNKNOWN_STEP`, `AIWORK_NOT_WAITING`, `AIWORK_INVALID_INPUT`.
 */
export async function checkSignalTarget({
  record,
  state,
  unit,
  stepId,
  payload,
  idempotencyKey,
}: SignalTarget): Promise<void> {
  const step = state.steps.get(stepId);
  const isRepeat =
    idempotencyKey !== undefined &&
    step?.deliveries?.some((known) => known.idempotencyKey === idempotencyKey);
  if (isRepeat) return;
  if (isFinal(record.status)) {
    throw finishedError(record.id, record.status);
  }
  if (step && (step.status === 'succeeded' || step.status === 'failed' || step.status === 'skipped')) {
    throw new AiworkError(
      'AIWORK_NOT_WAITING',
      `step "${stepId}" of run "${record.id}" has ${step.status} already`,
    );
  }
  // Parts of steps (an agent asking for approval) come to be as the run goes on.
  if (!unit || stepId.includes('/')) return;
  const compiled = compile(unit);
  const node = compiled.nodes[compiled.index.get(stepId) ?? -1]?.node;
  if (!node) {
    const waits = compiled.nodes.filter((n) => n.node.kind === 'wait').map((n) => `"${n.id}"`);
    throw new AiworkError(
      'AIWORK_UNKNOWN_STEP',
      `"${unit.id}" has no step "${stepId}"; ${waits.length > 0 ? `steps that wait are ${waits.join(', ')}` : 'none of its steps waits'}`,
    );
  }
  if (node.kind !== 'wait') {
    throw new AiworkError(
      'AIWORK_NOT_WAITING',
      `step "${stepId}" of "${unit.id}" is a ${node.kind}, which takes no signal`,
    );
  }
  const schema = compiled.schemas[node.payload];
  if (schema)
    await validate(schema, payload, {
      code: 'AIWORK_INVALID_INPUT',
      what: `the payload for step "${stepId}"`,
    });
}
