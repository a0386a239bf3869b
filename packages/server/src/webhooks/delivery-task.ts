import {
  AiworkError,
  defineTask,
  type Orchestrator,
  type Retry,
  type RunContext,
  type Schema,
} from '@aiwork/core';

/** Deliveries are runs of this unit: journaled, tried again, and gone on with by the next process as all others. */
export const deliveryUnitId = 'aiwork.webhook';

/** What is to be delivered: it is looked up when that happens, so that the journal has it once. */
export interface DeliveryInput {
  readonly webhook: string;
  readonly runId: string;
  readonly seq: number;
}

export type DeliveryTask = ReturnType<typeof deliveryTask>;

export interface DeliveryTaskOptions {
  readonly retry: Pick<Retry, 'maxAttempts' | 'minDelay' | 'maxDelay'>;
  readonly timeoutMs: number;
  readonly deliver: (input: DeliveryInput, ctx: RunContext) => Promise<void>;
}

export function deliveryTask({ retry, timeoutMs, deliver }: DeliveryTaskOptions) {
  return defineTask({ id: deliveryUnitId, input: deliveryInput, retry, timeout: timeoutMs, run: deliver });
}

/** Starts a delivery, or finds the one that there is and goes on with it where nobody works on it. */
export async function startDelivery(
  orchestrator: Orchestrator,
  task: DeliveryTask,
  input: DeliveryInput,
): Promise<void> {
  const { webhook, runId, seq } = input;
  await orchestrator.start(task, input, { idempotencyKey: `${webhook} ${seq} ${runId}` });
}

export function isDeliveryInput(value: unknown): value is DeliveryInput {
  if (typeof value !== 'object' || value === null) return false;
  const { webhook, runId, seq } = value as Partial<DeliveryInput>;
  return typeof webhook === 'string' && typeof runId === 'string' && typeof seq === 'number';
}

const deliveryInput: Schema<DeliveryInput, DeliveryInput> = {
  '~standard': {
    version: 1,
    vendor: 'aiwork',
    validate: (value) =>
      isDeliveryInput(value) ? { value } : { issues: [{ message: 'is no delivery of a webhook' }] },
  },
};

export const undeliverable = (name: string, why: string) =>
  new AiworkError('AIWORK_WEBHOOK_FAILED', `webhook "${name}": ${why}`, { outcome: 'not-applied' });
