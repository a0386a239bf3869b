import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AiworkError, type CallOptions, type Schema } from '@aiwork/core';
import { checkWellFormed, invalidArgument, limitExceeded } from '@aiwork/core/adapter-kit';
import { consumeQueues } from './consuming/consume-queues.ts';
import { PostponedError, UnworkableError } from './consuming/deliver.ts';
import { createOwnSignal, type OwnSignal } from './consuming/own-signal.ts';
import type { StoredRecord } from './driver/driver.ts';
import { checkName } from './job-record.ts';
import type { KafkaParts } from './kafka-parts.ts';
import { readPayload, writePayload } from './payload.ts';
import { bytesOf } from './producing/outbox.ts';
import { store } from './producing/store.ts';
import { headerNames, idempotencyKeyOf } from './record-headers.ts';
import { jsonSerializer, type Serializer } from './serializer.ts';

/** @since 0.1.0 */
export interface ProduceOptions extends CallOptions {
  /** Tasks of one key are worked on one after the other, in the order in which they were produced. */
  readonly key?: string;
  /** What a handler knows the task by when it is handed out again. Default: a new UUID. */
  readonly idempotencyKey?: string;
  /** When it may be handed out, in milliseconds since the Unix epoch. */
  readonly notBefore?: number;
  /** The trace it belongs to, as W3C Trace Context has it. */
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** What the payload has to be. */
  readonly schema?: Schema;
  readonly serializer?: Serializer;
}

/** @since 0.1.0 */
export interface ConsumeTasksOptions<Payload> {
  readonly queue: string;
  /** Workers of one group share the tasks; each group is handed all of them. */
  readonly group: string;
  /** How many handlers may run at once, at most. Default 10. */
  readonly concurrency?: number;
  /** What payloads have to be; one that is not becomes a dead letter at once. */
  readonly schema?: Schema<unknown, Payload>;
  readonly serializer?: Serializer;
  /** Aborts when no more tasks are to be taken. */
  readonly signal: AbortSignal;
}

/** What a handler knows of the task it works on. @since 0.1.0 */
export interface TaskDelivery {
  readonly queue: string;
  readonly key?: string;
  /** The same each time the task is handed out. */
  readonly idempotencyKey: string;
  /** How often it was handed out as far as is known, this time included. */
  readonly delivery: number;
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** When it was produced, in milliseconds since the Unix epoch. */
  readonly producedAt: number;
  /** Aborted when the task was lost to another worker. */
  readonly signal: AbortSignal;
}

/** Stores a task; see `KafkaTasks`. */
export async function produceTask(
  parts: KafkaParts,
  queue: string,
  payload: unknown,
  options: ProduceOptions,
): Promise<void> {
  const { names, settings } = parts;
  const { key, notBefore, schema, serializer = jsonSerializer, signal, traceparent, tracestate } = options;
  checkName(queue, 'the queue');
  if (key !== undefined) checkWellFormed(key, 'the key');
  if (notBefore !== undefined && !Number.isFinite(notBefore))
    throw invalidArgument(`notBefore is ${notBefore}: give milliseconds since the Unix epoch`);
  const record = {
    topic: names.tasksOf(queue),
    key,
    value: await writePayload(queue, payload, { schema, serializer }),
    headers: {
      [headerNames.idempotencyKey]: options.idempotencyKey ?? randomUUID(),
      [headerNames.contentType]: serializer.contentType,
      ...(notBefore === undefined ? {} : { [headerNames.notBefore]: String(notBefore) }),
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(tracestate === undefined ? {} : { tracestate }),
    },
  };
  const bytes = bytesOf([record]);
  if (bytes > settings.maxTaskBytes)
    throw limitExceeded('the task', bytes, 'maxTaskBytes', settings.maxTaskBytes);
  await store(parts, [record], 'tasks', signal);
}

/** Works on tasks; see `KafkaTasks`. */
export function consumeTasks<Payload>(
  parts: KafkaParts,
  options: ConsumeTasksOptions<Payload>,
  handler: (payload: Payload, task: TaskDelivery) => Promise<void>,
): Promise<void> {
  const { queue, group, concurrency = 10, signal, schema, serializer } = options;
  return consumeQueues(parts, {
    queues: [queue],
    group,
    concurrency,
    signal,
    async work(record, _queue, delivery, lost) {
      const payload = await readPatiently(
        parts,
        () => readPayload(queue, record.value, { schema, serializer }),
        (error) => parts.observers.tell({ type: 'retried', queue, group, deliveries: delivery, error }),
        [signal, parts.closing, lost],
      );
      const own = createOwnSignal(lost);
      try {
        await handler(payload, deliveryOf(record, queue, delivery, own));
      } finally {
        own.end();
      }
    },
  });
}

/** What cannot be read for now, as when a registry is down, is waited with: nothing is wrong with the task. */
async function readPatiently<Payload>(
  { settings }: KafkaParts,
  read: () => Promise<Payload>,
  failed: (error: AiworkError) => void,
  stops: readonly AbortSignal[],
): Promise<Payload> {
  const { firstMs, maxMs } = settings.retryDelay;
  for (let waitMs = firstMs; ; waitMs = Math.min(waitMs * 2, maxMs)) {
    try {
      return await read();
    } catch (error) {
      if (!AiworkError.isInstance(error)) throw error;
      if (!error.retryable) throw new UnworkableError(error.message, { cause: error });
      failed(error);
      await delay(waitMs, undefined, { signal: AbortSignal.any([...stops]) }).catch(() => {
        throw new PostponedError(error.message, { cause: error });
      });
    }
  }
}

function deliveryOf(record: StoredRecord, queue: string, delivery: number, own: OwnSignal): TaskDelivery {
  const { key, headers, sentAt } = record;
  const { traceparent, tracestate } = headers;
  return {
    queue,
    ...(key === undefined ? {} : { key }),
    idempotencyKey: idempotencyKeyOf(record),
    delivery,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
    producedAt: sentAt,
    get signal() {
      return own.get();
    },
  };
}
