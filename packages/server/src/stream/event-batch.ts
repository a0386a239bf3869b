import { type RunEvent, toReadableJson } from '@aiwork/core';
import { toPublicEvent } from './public-event.ts';

/** An event as text: made once, for all who read it. */
export interface EventText {
  readonly seq: number;
  readonly type: RunEvent['type'];
  readonly json: string;
}

/** Events that go out together. Its bytes are shared by all who are sent them. */
export interface EventBatch {
  readonly lastSeq: number;
  /** Whether the run has ended with it. */
  readonly isLast: boolean;
  /** As Server-Sent Events have them. */
  readonly stream: Buffer;
  /** As JSON, one each. */
  readonly messages: readonly Buffer[];
  /** Those after one that is known; nothing where there are none. */
  after(seq: number): EventBatch | undefined;
}

interface Part {
  readonly seq: number;
  /** Where it begins in the stream. */
  readonly start: number;
  readonly message: Buffer;
}

export const toEventText = (event: RunEvent): EventText => ({
  seq: event.seq,
  type: event.type,
  json: toReadableJson(toPublicEvent(event)),
});

export function eventBatch(events: readonly EventText[]): EventBatch {
  const heads = events.map(headOf);
  const stream = Buffer.from(events.map(({ json }, i) => `${heads[i]}${json}\n\n`).join(''));
  let start = 0;
  const parts = events.map(({ seq, json }, i): Part => {
    const from = start + (heads[i] as string).length;
    const to = from + Buffer.byteLength(json);
    const part = { seq, start, message: stream.subarray(from, to) };
    start = to + 2;
    return part;
  });
  return ofParts(stream, parts, events.at(-1)?.type === 'run.finished');
}

/** What is only shown live has no id: a reader that came back with it would miss what follows. */
function headOf({ seq, type }: EventText): string {
  const id = type === 'model.delta' ? '' : `id: ${seq}\n`;
  return `${id}event: ${type}\ndata: `;
}

function ofParts(stream: Buffer, parts: readonly Part[], isLast: boolean): EventBatch {
  const lastSeq = parts.at(-1)?.seq ?? 0;
  const batch: EventBatch = {
    lastSeq,
    isLast,
    stream,
    messages: parts.map(({ message }) => message),
    after(seq) {
      const at = parts.findIndex((part) => part.seq > seq);
      if (at <= 0) return at === 0 ? batch : undefined;
      const { start } = parts[at] as Part;
      const rest = parts.slice(at).map((part) => ({ ...part, start: part.start - start }));
      return ofParts(stream.subarray(start), rest, isLast);
    },
  };
  return batch;
}
