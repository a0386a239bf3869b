import type { EventBatch } from './event-batch.ts';
import type { EventReader } from './event-reader.ts';

/** What is kept for readers that are behind the others; who is farther behind reads the journal. */
const windowBytes = 1024 * 1024;

/** A reader's place among the events that are kept. */
export interface Place {
  /** The last event that it knows. */
  readonly known: number;
  /** Whether events that it does not know are kept no more. */
  readonly isLost: boolean;
  /** Sends what is kept after it; false when the reader has enough, or what is next is lost. */
  sendOn(): boolean;
}

/** The last events of a run, as they were sent. */
export interface EventWindow {
  /** Whether all that follow an event are here. */
  follows(seq: number): boolean;
  push(batch: EventBatch): void;
  /** The place of a reader that knows the events up to one. */
  placeOf(reader: EventReader, known: number): Place;
}

/** Begins after an event. */
export function eventWindow(afterSeq: number): EventWindow {
  const batches: EventBatch[] = [];
  let keptBytes = 0;
  let dropped = 0;
  /** The last event before those that are kept. */
  let before = afterSeq;

  return {
    follows: (seq) => seq >= before,

    push(batch) {
      batches.push(batch);
      keptBytes += batch.stream.length;
      for (
        let [oldest] = batches;
        oldest && keptBytes > windowBytes && batches.length > 1;
        [oldest] = batches
      ) {
        batches.shift();
        keptBytes -= oldest.stream.length;
        before = oldest.lastSeq;
        dropped += 1;
      }
    },

    placeOf(reader, known) {
      const first = batches.findIndex(({ lastSeq }) => lastSeq > known);
      /** The batch that is sent next, counted from the first there was. */
      let at = dropped + (first < 0 ? batches.length : first);
      let seq = known;

      function send(unseen: EventBatch | undefined, lastSeq: number): boolean {
        at += 1;
        seq = Math.max(seq, lastSeq);
        return unseen === undefined || reader.write(unseen);
      }

      const joined = batches[first];
      // Who comes back may have seen what was shown live before.
      if (joined) send(joined.after(known), joined.lastSeq);
      return {
        get known() {
          return seq;
        },
        get isLost() {
          return at < dropped;
        },
        sendOn() {
          while (at >= dropped) {
            const batch = batches[at - dropped];
            if (!batch) return true;
            if (!send(batch.since(seq), batch.lastSeq)) return false;
          }
          return false;
        },
      };
    },
  };
}
