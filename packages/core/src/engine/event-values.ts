import { createHash } from 'node:crypto';
import type { PayloadStore } from '../adapters/payload-store.ts';
import { AiworkError } from '../errors.ts';
import type { PayloadRef, RunEvent } from '../run-event.ts';
import { inspectValue, tag, untag } from './serialize.ts';

/** Larger values go to the payload store, and the journal keeps a reference. In bytes. */
export const inlineLimitBytes = 64 * 1024;

/** Which field of an event holds a value of the user's, if any. */
const valueField: Partial<Record<RunEvent['type'], string>> = {
  'run.finished': 'output',
  'run.started': 'digests',
  'step.succeeded': 'output',
  'step.expanded': 'inputs',
  'step.waiting': 'prompt',
  'signal.received': 'payload',
  'effect.recorded': 'value',
  log: 'data',
  emitted: 'data',
};

type Fields = Record<string, unknown>;

/**
 * The form of an event that a store keeps: plain JSON of bounded size. Most events are that already and are returned
 * as they are.
 */
export function toStored(event: RunEvent, payloads: PayloadStore | undefined): RunEvent | Promise<RunEvent> {
  const field = valueField[event.type];
  if (field === undefined) return event;
  const value = (event as unknown as Fields)[field];
  if (value === undefined) return event;
  const { plain, bytes } = inspectValue(value, `${field} of event ${event.type}`);
  const inline = bytes <= inlineLimitBytes || !payloads;
  if (plain && inline) return event;
  const json = plain ? value : tag(value);
  const tagged = plain ? {} : { tagged: [field] };
  if (inline) return { ...event, [field]: json, ...tagged } as RunEvent;
  const { [field]: _, ...rest } = event as unknown as Fields;
  return putPayload(payloads, event.runId, json).then(
    (ref) => ({ ...rest, ...tagged, refs: { [field]: ref } }) as unknown as RunEvent,
  );
}

/** Keeps a JSON value in the payload store. */
export async function putPayload(payloads: PayloadStore, runId: string, json: unknown): Promise<PayloadRef> {
  const data = Buffer.from(JSON.stringify(json), 'utf8');
  const hash = createHash('sha256').update(data).digest('hex');
  await payloads.put(runId, hash, data);
  return { hash, bytes: data.byteLength };
}

/**
 * The JSON value a reference stands for.
 *
 * @throws `AIWORK_CORRUPT_DATA` when it is gone or not what it was.
 */
export async function getPayload(
  payloads: PayloadStore | undefined,
  runId: string,
  ref: PayloadRef,
): Promise<unknown> {
  const data = await payloads?.get(runId, ref.hash);
  const found = data && createHash('sha256').update(data).digest('hex');
  if (!data || found !== ref.hash) {
    throw new AiworkError(
      'AIWORK_CORRUPT_DATA',
      `payload ${ref.hash} (${ref.bytes} bytes) of run "${runId}" is ${data ? 'damaged' : 'missing'} in the payload store`,
    );
  }
  return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'));
}

/** The event as user code sees it, from the form a store keeps. */
export async function fromStored(event: RunEvent, payloads: PayloadStore | undefined): Promise<RunEvent> {
  if (!event.refs && !event.tagged) return event;
  const { refs = {}, tagged = [], ...rest } = event as unknown as Fields & Pick<RunEvent, 'refs' | 'tagged'>;
  const whole: Fields = rest;
  for (const [field, ref] of Object.entries(refs))
    whole[field] = await getPayload(payloads, event.runId, ref);
  for (const field of tagged) whole[field] = untag(whole[field]);
  return whole as unknown as RunEvent;
}
