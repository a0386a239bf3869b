import { createHash } from 'node:crypto';
import { type RunEvent, type RunRecord, toReadableJson } from '@aiwork/core';
import { toExecution } from '../execution.ts';
import { toPublicEvent } from '../stream/public-event.ts';

/** Endpoints are asked to take no more than this; who wants all of it asks for the execution. */
const maxBodyBytes = 256 * 1024;
/** What of an event may be large. */
const values = ['output', 'prompt', 'payload', 'data', 'value', 'inputs'] as const;

/** The same for every attempt, and for every process that makes one: who receives it knows it again. */
export function messageId(runId: string, seq: number): string {
  return `msg_${createHash('sha256').update(`${seq} ${runId}`).digest('base64url').slice(0, 27)}`;
}

/** What is posted about an event. */
export function payloadOf(record: RunRecord, event: RunEvent): string {
  const { executionId, unit, version, tags } = toExecution(record);
  const about = { executionId, unit, version, tags };
  const textOf = (data: object) =>
    toReadableJson({
      type: event.type,
      timestamp: new Date(event.at).toISOString(),
      data: { ...about, ...data },
    });
  const seen = toPublicEvent(event);
  const whole = textOf({ event: seen });
  if (Buffer.byteLength(whole) <= maxBodyBytes) return whole;
  const rest = Object.fromEntries(
    Object.entries(seen).filter(([key]) => !values.some((value) => value === key)),
  );
  return textOf({ event: rest, truncated: true });
}
