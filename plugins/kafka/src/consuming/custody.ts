/** How many records, from the first that is not settled on, are suspected when workers are lost with it. */
const suspects = 100;
/** Kafka keeps no more than 4096 bytes beside an offset. */
const maxNoted = 120;
/** What does not fit is handed out again. */
export const maxRuns = 140;

/**
 * What a worker that has a partition leaves to the next one, in a note beside the offset that it commits. It is lost with
 * the partition when it had handed out records and never took that back: its process was killed, perhaps by one of them.
 * After two such losses at one offset the records behind it are handed out alone, so that the next loss names its cause.
 */
export interface Custody {
  /** Whether one record at a time is to be handed out, each after a note that names it. */
  isAlone(nextOffset: number): boolean;
  /** Whether a record was settled by those before, as far as that was noted. */
  wasSettled(offset: number): boolean;
  /** How often a record was handed out before, as far as that was noted. */
  deliveriesOf(offset: number): number;
  begin(offset: number): void;
  giveBack(offset: number, deliveries: number): void;
  settle(offset: number): void;
  /** `runs`: from `nextOffset` on, how many offsets are not settled, then how many are, and so on. */
  note(nextOffset: number, tenure: Tenure, runs?: readonly number[]): string;
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
  /** The offset that it stands beside. */
  readonly from: number;
  /** From there on: how many offsets are not settled, then how many are, and so on. */
  readonly runs: readonly number[];
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
  const settled = settledIn(found);
  const out = new Set<number>();

  const isAlone = (nextOffset: number) => aloneUpTo !== undefined && nextOffset < aloneUpTo;

  return {
    isAlone,
    wasSettled: (offset) => settled.some(([from, to]) => offset >= from && offset < to),
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
    note(nextOffset, tenure, runs = []) {
      const isOut = tenure === 'beginning' || (tenure === 'held' && out.size > 0);
      const [alone] = out;
      return JSON.stringify({
        worker,
        isOut,
        losses: nextOffset > start ? 0 : losses,
        ...(isAlone(nextOffset) && { aloneUpTo, ...(isOut && { alone }) }),
        from: nextOffset,
        runs,
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

/** How many offsets from `low` on are settled behind the one that the note stands beside. */
export function settledBehind(noted: string, low: number): number {
  return settledIn(read(noted)).reduce((sum, [from, to]) => sum + Math.max(0, to - Math.max(from, low)), 0);
}

function settledIn({ from, runs }: Note): readonly (readonly [from: number, to: number])[] {
  const ranges: [number, number][] = [];
  let at = from;
  for (const [index, length] of runs.entries()) {
    if (index % 2 === 1) ranges.push([at, at + length]);
    at += length;
  }
  return ranges;
}

/** What somebody else wrote there, or nobody, says nothing. */
function read(noted: string): Note {
  try {
    const note: unknown = JSON.parse(noted);
    if (isNote(note)) return note;
  } catch {}
  return { worker: '', isOut: false, losses: 0, from: 0, runs: [], deliveries: [] };
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
  'from' in note &&
  typeof note.from === 'number' &&
  'runs' in note &&
  Array.isArray(note.runs) &&
  note.runs.every(Number.isFinite) &&
  'deliveries' in note &&
  Array.isArray(note.deliveries) &&
  note.deliveries.every((entry) => Array.isArray(entry) && entry.every(Number.isFinite));
