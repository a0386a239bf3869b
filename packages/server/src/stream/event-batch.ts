import { type RunEvent, toReadableJson } from '@aiwork/core';
import { type HttpChunk, httpChunk } from './http-chunk.ts';
import { toPublicEvent } from './public-event.ts';
import { textFrames } from './text-frames.ts';

/** An event as text: made once, for all who read it. */
export interface EventText {
  readonly seq: number;
  readonly type: RunEvent['type'];
  readonly json: string;
}

/** Events that go out together: as Server-Sent Events, and as messages. Its bytes are shared by all who are sent them. */
export interface EventBatch extends HttpChunk {
  readonly lastSeq: number;
  /** Whether the run has ended with it. */
  readonly isLast: boolean;
  /** As JSON, one each. */
  readonly messages: readonly Buffer[];
  /** {@link messages} as a WebSocket has them. */
  readonly frames: Buffer;
  /** Those after one that is known; nothing where there are none. */
  after(seq: number): EventBatch | undefined;
  /** For one who was there when it was made: those after one that is known, and what was shown live since. */
  since(seq: number): EventBatch | undefined;
}

interface Part {
  readonly seq: number;
  /** Whether it is in the journal: what is not has the number of the event before it. */
  readonly isKept: boolean;
  /** Where it begins in the stream. */
  readonly start: number;
  readonly message: Buffer;
}

const isKept = ({ type }: EventText): boolean => type !== 'model.delta';

export const toEventText = (event: RunEvent): EventText => ({
  seq: event.seq,
  type: event.type,
  json: toReadableJson(toPublicEvent(event)),
});

export function eventBatch(events: readonly EventText[]): EventBatch {
  const heads = events.map(headOf);
  const body = httpChunk(Buffer.from(events.map(({ json }, i) => `${heads[i]}${json}\n\n`).join('')));
  let start = 0;
  const parts = events.map((event, i): Part => {
    const from = start + (heads[i] as string).length;
    const to = from + Buffer.byteLength(event.json);
    const part = { seq: event.seq, isKept: isKept(event), start, message: body.stream.subarray(from, to) };
    start = to + 2;
    return part;
  });
  return ofParts(body, parts, events.at(-1)?.type === 'run.finished');
}

/** What is only shown live has no id: a reader that came back with it would miss what follows. */
function headOf(event: EventText): string {
  const id = isKept(event) ? `id: ${event.seq}\n` : '';
  return `${id}event: ${event.type}\ndata: `;
}

function ofParts({ stream, chunk }: HttpChunk, parts: readonly Part[], isLast: boolean): EventBatch {
  const from = (at: number): EventBatch | undefined => {
    const first = parts[at];
    if (at === 0 || first === undefined) return first && batch;
    const rest = parts.slice(at).map((part) => ({ ...part, start: part.start - first.start }));
    return ofParts(httpChunk(stream.subarray(first.start)), rest, isLast);
  };
  let frames: Buffer | undefined;
  const batch: EventBatch = {
    lastSeq: parts.at(-1)?.seq ?? 0,
    isLast,
    stream,
    chunk,
    messages: parts.map(({ message }) => message),
    get frames() {
      frames ??= textFrames(batch.messages);
      return frames;
    },
    after: (seq) => from(parts.findIndex((part) => part.seq > seq)),
    since: (seq) => from(parts.findIndex((part) => part.seq > seq || (part.seq === seq && !part.isKept))),
  };
  return batch;
}
