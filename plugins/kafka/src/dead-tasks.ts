import {
  AiworkError,
  type CallOptions,
  type Page,
  type RunError,
  type Schema,
  toRunError,
} from '@aiwork/core';
import type { Letter } from './letter.ts';
import type { LetterBox } from './letter-box.ts';
import { readPayload } from './payload.ts';
import { headerNames, idempotencyKeyOf } from './record-headers.ts';
import type { Serializer } from './serializer.ts';

/** @since 0.1.0 */
export interface DeadTasksQuery<Payload = unknown> extends CallOptions {
  readonly queue: string;
  readonly group: string;
  /** What payloads have to be, as in `consumeTasks`. */
  readonly schema?: Schema<unknown, Payload>;
  /** What reads payloads. Default: JSON. */
  readonly serializer?: Serializer;
  /** Of the page before. */
  readonly cursor?: string;
  /** Tasks on a page, from 1 to 1000. Default 100. */
  readonly limit?: number;
}

/** A task that a group gave up. @since 0.1.0 */
export type DeadTask<Payload = unknown> = DeadTaskFacts &
  (
    | { readonly payload: Payload; readonly unreadable?: undefined }
    | {
        readonly payload?: undefined;
        /** Why its payload cannot be read, or is not what the schema says. */
        readonly unreadable: RunError;
      }
  );

interface DeadTaskFacts {
  /** Its own as a dead letter; opaque. */
  readonly id: string;
  readonly key?: string;
  readonly idempotencyKey: string;
  /** What is in Kafka, whether it can be read or not. */
  readonly bytes: Uint8Array;
  /** What its producer said that it is. */
  readonly contentType?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** What the last handler threw. */
  readonly error: RunError;
  /** How often the last worker handed it out. */
  readonly deliveries: number;
  /** In milliseconds since the Unix epoch. */
  readonly deadAt: number;
}

/** @since 0.1.0 */
export interface RedriveTasks extends CallOptions {
  readonly queue: string;
  readonly group: string;
  readonly ids: readonly string[];
}

/** What a group gave up; see `KafkaTasks`. */
export function listDeadTasks<Payload>(
  box: LetterBox,
  { queue, group, schema, serializer, ...page }: DeadTasksQuery<Payload>,
): Promise<Page<DeadTask<Payload>>> {
  return box.list(queue, group, page, async (letter) => {
    const facts = factsOf(letter);
    try {
      return { ...facts, payload: await readPayload(queue, facts.bytes, { schema, serializer }) };
    } catch (error) {
      // What may be read in a moment is no reason to call it unreadable.
      if (AiworkError.isInstance(error) && error.retryable) throw error;
      return { ...facts, unreadable: toRunError(error) };
    }
  });
}

function factsOf({ record, ...letter }: Letter): DeadTaskFacts {
  const { key, value, headers } = record;
  const { [headerNames.contentType]: contentType, traceparent, tracestate } = headers;
  return {
    ...letter,
    ...(key !== undefined && { key }),
    idempotencyKey: idempotencyKeyOf(record),
    bytes: value,
    ...(contentType !== undefined && { contentType }),
    ...(traceparent !== undefined && { traceparent }),
    ...(tracestate !== undefined && { tracestate }),
  };
}
