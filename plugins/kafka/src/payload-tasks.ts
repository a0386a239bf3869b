import { randomUUID } from 'node:crypto';
import { AiworkError, type CallOptions, type Schema, validate } from '@aiwork/core';
import { checkWellFormed, invalidArgument, limitExceeded } from '@aiwork/core/adapter-kit';
import { consumeQueues } from './consuming/consume-queues.ts';
import { UnworkableError } from './consuming/deliver.ts';
import type { StoredRecord } from './driver/driver.ts';
import { checkName } from './job-record.ts';
import type { KafkaParts } from './kafka-parts.ts';
import { bytesOf } from './producing/outbox.ts';
import { headerNames } from './record-headers.ts';

/**
 * How payloads become bytes: JSON, unless another is given, such as Avro or Protobuf with the client of a registry.
 *
 * @since 0.1.0
 */
export interface Serializer {
  /** What the header `content-type` of a task says. */
  readonly contentType: string;
  encode(payload: unknown): Uint8Array | Promise<Uint8Array>;
  decode(bytes: Uint8Array): unknown;
}

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
  /** How often this worker handed it out, this time included. */
  readonly delivery: number;
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** When it was produced, in milliseconds since the Unix epoch. */
  readonly producedAt: number;
  /** Aborted when the task was lost to another worker. */
  readonly signal: AbortSignal;
}

const json: Serializer = {
  contentType: 'application/json',
  encode: (payload) => Buffer.from(JSON.stringify(payload) ?? 'null'),
  decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()),
};

/** Stores a task; see `KafkaTasks`. */
export async function produceTask(
  { names, topics, outbox, settings }: KafkaParts,
  queue: string,
  payload: unknown,
  options: ProduceOptions,
): Promise<void> {
  const { key, notBefore, schema, serializer = json, signal, traceparent, tracestate } = options;
  checkName(queue, 'the queue');
  if (key !== undefined) checkWellFormed(key, 'the key');
  if (notBefore !== undefined && !Number.isFinite(notBefore))
    throw invalidArgument(`notBefore is ${notBefore}: give milliseconds since the Unix epoch`);
  const checked = schema ? await checkedPayload(queue, schema, payload) : payload;
  const record = {
    topic: names.tasksOf(queue),
    key,
    value: Buffer.from(await serializer.encode(checked)),
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
  await topics.require([record.topic], 'tasks', signal);
  await outbox.send([record], signal);
}

/** Works on tasks; see `KafkaTasks`. */
export function consumeTasks<Payload>(
  parts: KafkaParts,
  options: ConsumeTasksOptions<Payload>,
  handler: (payload: Payload, task: TaskDelivery) => Promise<void>,
): Promise<void> {
  const { queue, group, concurrency = 10, signal, schema, serializer = json } = options;
  const what = `the payload of a task of queue "${queue}"`;
  return consumeQueues(parts, {
    queues: [queue],
    group,
    concurrency,
    signal,
    async work(record, _queue, delivery, lost) {
      const payload = await readPayload<Payload>(record, serializer, schema, what);
      await handler(payload, deliveryOf(record, queue, delivery, lost));
    },
  });
}

async function readPayload<Payload>(
  { value }: StoredRecord,
  serializer: Serializer,
  schema: Schema<unknown, Payload> | undefined,
  what: string,
): Promise<Payload> {
  try {
    const decoded = await serializer.decode(value);
    // Without a schema, what it is is what its producers and handlers agreed on.
    if (!schema) return decoded as Payload;
    return await validate(schema, decoded, { code: 'AIWORK_INVALID_INPUT', what });
  } catch (error) {
    const cause = AiworkError.isInstance(error)
      ? error
      : new AiworkError('AIWORK_CORRUPT_DATA', `${what} cannot be read`, { cause: error });
    throw new UnworkableError(cause.message, { cause });
  }
}

async function checkedPayload(queue: string, schema: Schema, payload: unknown): Promise<unknown> {
  try {
    await validate(schema, payload, {
      code: 'AIWORK_INVALID_INPUT',
      what: `the payload for queue "${queue}"`,
    });
    // As it was given: a handler's schema makes of it what it makes of it.
    return payload;
  } catch (error) {
    if (!AiworkError.isInstance(error)) throw error;
    throw new AiworkError(error.code, error.message, { cause: error, outcome: 'not-applied' });
  }
}

function deliveryOf(
  { key, headers, sentAt, offset }: StoredRecord,
  queue: string,
  delivery: number,
  signal: AbortSignal,
): TaskDelivery {
  const { traceparent, tracestate } = headers;
  return {
    queue,
    ...(key === undefined ? {} : { key }),
    idempotencyKey: headers[headerNames.idempotencyKey] ?? `${queue} ${key ?? ''} ${offset}`,
    delivery,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
    producedAt: sentAt,
    signal,
  };
}
