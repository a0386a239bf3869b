/** How many records, from the first that is not settled on, are suspected when workers are lost with it. */
const suspects = 100;
/** Kafka keeps no more than 4096 bytes beside an offset. */
const maxNoted = 150;

/**
 * What a worker that has a partition leaves to the next one, in a note beside the offset that it commits. It is lost with
 * the partition when it had handed out records and never took that back: its process was killed, perhaps by one of them.
 * After two such losses at one offset the records behind it are handed out alone, so that the next loss names its cause.
 */
export interface Custody {
  /** Whether one record at a time is to be handed out, each after a note that names it. */
  isAlone(nextOffset: number): boolean;
  /** How often a record was handed out before, as far as that was noted. */
  deliveriesOf(offset: number): number;
  begin(offset: number): void;
  giveBack(offset: number, deliveries: number): void;
  settle(offset: number): void;
  note(nextOffset: number, tenure: Tenure): string;
}

/**
 * `held`: as it is. `beginning`: records are about to be handed out. `released`: those that are out end elsewhere, and are
 * not lost.
 */
export type Tenure = 'held' | 'beginning' | 'released';

interface Note {
  readonly worker: string;
  /** Whether records are handed out. */
  readonly isOut: boolean;
  /** How many workers were lost, none of which got past the offset. */
  readonly losses: number;
  /** Up to here, and without it, records are handed out alone. */
  readonly aloneUpTo?: number | undefined;
  /** The one that is. */
  readonly alone?: number | undefined;
  /** Offsets of records that are not settled, with how often they were handed out. */
  readonly deliveries: readonly (readonly [number, number])[];
}

/** Takes a partition over from whoever left `noted` at `start`. */
export function takeCustody(noted: string, start: number, worker: string): Custody {
  const found = read(noted);
  // One that was cut off and is back was not lost.
  const isLoss = found.isOut && found.worker !== worker;
  const losses = isLoss ? found.losses + 1 : found.losses;
  const aloneUpTo = found.aloneUpTo ?? (losses > 1 ? start + suspects : undefined);
  const deliveries = new Map(isLoss ? withLost(found) : found.deliveries);
  const out = new Set<number>();

  const isAlone = (nextOffset: number) => aloneUpTo !== undefined && nextOffset < aloneUpTo;

  return {
    isAlone,
    deliveriesOf: (offset) => deliveries.get(offset) ?? 0,
    begin(offset) {
      out.add(offset);
    },
    giveBack(offset, count) {
      out.delete(offset);
      if (count > 0) deliveries.set(offset, count);
    },
    settle(offset) {
      out.delete(offset);
      deliveries.delete(offset);
    },
    note(nextOffset, tenure) {
      const isOut = tenure === 'beginning' || (tenure === 'held' && out.size > 0);
      const [alone] = out;
      return JSON.stringify({
        worker,
        isOut,
        losses: nextOffset > start ? 0 : losses,
        ...(isAlone(nextOffset) && { aloneUpTo, ...(isOut && { alone }) }),
        deliveries: [...deliveries].slice(0, maxNoted),
      } satisfies Note);
    },
  };
}

/** Counts the loss of what was handed out alone, before all others, so that there is always room for it. */
function withLost({ alone, deliveries }: Note): Note['deliveries'] {
  if (alone === undefined) return deliveries;
  const before = deliveries.find(([offset]) => offset === alone)?.[1] ?? 0;
  return [[alone, before + 1], ...deliveries.filter(([offset]) => offset !== alone)];
}

/** What somebody else wrote there, or nobody, says nothing. */
function read(noted: string): Note {
  try {
    const note: unknown = JSON.parse(noted);
    if (isNote(note)) return note;
  } catch {}
  return { worker: '', isOut: false, losses: 0, deliveries: [] };
}

const isNote = (note: unknown): note is Note =>
  typeof note === 'object' &&
  note !== null &&
  'worker' in note &&
  'isOut' in note &&
  'losses' in note &&
  typeof note.losses === 'number' &&
  (!('aloneUpTo' in note) || typeof note.aloneUpTo === 'number') &&
  (!('alone' in note) || typeof note.alone === 'number') &&
  'deliveries' in note &&
  Array.isArray(note.deliveries) &&
  note.deliveries.every((entry) => Array.isArray(entry) && entry.every(Number.isFinite));
