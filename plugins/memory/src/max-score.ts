import type { BestHits } from './best-hits.ts';
import { type Postings, wideFrequency } from './postings.ts';
import { quantise, type Ranking, type Scale } from './ranking.ts';

/** A term of a query that the index has. */
export interface ScoredTerm {
  readonly term: number;
  readonly weight: number;
  /** What the term adds to any document at most. */
  readonly bound: number;
}

export interface MaxScoreSearch {
  readonly postings: Postings;
  /** `NaN` for documents that are no more. */
  readonly statistics: Float64Array;
  readonly ranking: Ranking;
  readonly scale: Scale;
  /** See `quantise`. */
  readonly grid: number;
  readonly terms: readonly ScoredTerm[];
  readonly hits: BestHits;
  /** Whether a document that scores well may be a hit at all; asked last, because it costs most. */
  accepts(ordinal: number): boolean;
}

/** One term's list. What lies before `stop` and not before `position` belongs to the window at hand. */
interface List {
  readonly term: number;
  readonly ordinals: Uint32Array;
  readonly frequencies: Uint8Array;
  readonly weight: number;
  position: number;
  stop: number;
  readonly end: number;
}

/** Documents of a window, in ordinals: the first is small, to find a threshold by which the others skip. */
const firstWindow = 512;
const laterWindow = 4096;
/** Few postings touch few places of the sums however wide the window is. */
const sparseWindow = 32_768;
const sparsePostings = 2048;

/** Whether terms with so many postings together are so rare that there is next to nothing to leave out. */
export const areSparse = (postings: number): boolean => postings < sparsePostings;

/** A posting is passed by about this many times faster than one is looked up. */
const scanAdvantage = 12;

/** Sums of one window; all zero between windows. A search never waits, so one buffer serves every index. */
const sums = new Float64Array(sparseWindow);
/** The ordinals whose sums are not zero. */
const touched = new Uint32Array(sparseWindow);

/** First position from `start` on, and before `end`, whose ordinal is not below `ordinal`; gallops, then halves. */
function seek(ordinals: Uint32Array, start: number, end: number, ordinal: number): number {
  let low = start;
  let step = 1;
  while (low + step < end && (ordinals[low + step] as number) < ordinal) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, end);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ordinals[middle] as number) < ordinal) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds a list's postings to the sums; returns how many documents are touched. */
function addToAll(search: MaxScoreSearch, list: List, from: number, touchedBefore: number): number {
  const { postings, statistics, grid } = search;
  const { impact } = search.ranking;
  const { offset, slope } = search.scale;
  const { term, weight, stop, ordinals, frequencies } = list;
  let touchedCount = touchedBefore;
  for (let position = list.position; position < stop; position++) {
    const ordinal = ordinals[position] as number;
    let frequency = frequencies[position] as number;
    if (frequency === wideFrequency) frequency = postings.wideFrequencyOf(term, ordinal);
    const norm = offset + slope * (statistics[ordinal] as number);
    const sum = sums[ordinal - from] as number;
    if (sum === 0) touched[touchedCount++] = ordinal;
    sums[ordinal - from] = sum + quantise(weight * impact(frequency, norm), grid);
  }
  return touchedCount;
}

/** Adds a list's postings to the sums of documents that are touched already, passing by the others. */
function addToTouched(search: MaxScoreSearch, list: List, from: number): void {
  const { postings, statistics, grid } = search;
  const { impact } = search.ranking;
  const { offset, slope } = search.scale;
  const { term, weight, stop, ordinals, frequencies } = list;
  for (let position = list.position; position < stop; position++) {
    const ordinal = ordinals[position] as number;
    const sum = sums[ordinal - from] as number;
    if (sum === 0) continue;
    let frequency = frequencies[position] as number;
    if (frequency === wideFrequency) frequency = postings.wideFrequencyOf(term, ordinal);
    const norm = offset + slope * (statistics[ordinal] as number);
    sums[ordinal - from] = sum + quantise(weight * impact(frequency, norm), grid);
  }
}

/** The same, by looking each touched document up. */
function lookUpTouched(search: MaxScoreSearch, list: List, from: number, touchedCount: number): void {
  const { postings, statistics, grid, ranking } = search;
  const { offset, slope } = search.scale;
  const { term, weight, position: start, stop, ordinals, frequencies } = list;
  for (let i = 0; i < touchedCount; i++) {
    const ordinal = touched[i] as number;
    const position = seek(ordinals, start, stop, ordinal);
    if (position >= stop || ordinals[position] !== ordinal) continue;
    let frequency = frequencies[position] as number;
    if (frequency === wideFrequency) frequency = postings.wideFrequencyOf(term, ordinal);
    const norm = offset + slope * (statistics[ordinal] as number);
    const sum = sums[ordinal - from] as number;
    sums[ordinal - from] = sum + quantise(weight * ranking.impact(frequency, norm), grid);
  }
}

/** Forgets documents that cannot reach the threshold even with `others` added; returns how many are left. */
function forgetHopeless(touchedCount: number, from: number, others: number, threshold: number): number {
  let kept = 0;
  for (let i = 0; i < touchedCount; i++) {
    const ordinal = touched[i] as number;
    // Written so that the NaN of a deleted document is hopeless, too.
    if ((sums[ordinal - from] as number) + others >= threshold) touched[kept++] = ordinal;
    else sums[ordinal - from] = 0;
  }
  return kept;
}

function offerTouched({ hits, accepts }: MaxScoreSearch, touchedCount: number, from: number): void {
  let { threshold } = hits;
  for (let i = 0; i < touchedCount; i++) {
    const ordinal = touched[i] as number;
    const score = sums[ordinal - from] as number;
    sums[ordinal - from] = 0;
    if (!(score >= threshold) || !hits.wants(ordinal, score) || !accepts(ordinal)) continue;
    hits.add(ordinal, score);
    threshold = hits.threshold;
  }
}

/**
 * Offers every document that can be among the best, with its exact score.
 *
 * MaxScore (Turtle, Flood: Query evaluation: strategies and optimizations, 1995) over windows of documents, as Lucene's
 * `MaxScoreBulkScorer` does it: terms are ordered by their bound; once the bounds of the last ones together stay below the
 * score that a hit needs, no document can be a hit by them alone. Those lists are then read only for documents that the
 * other, rarer terms bring up. A sum equal to the threshold is not below it, so ties are always seen.
 */
export function offerBest(search: MaxScoreSearch): void {
  const { postings, hits } = search;
  const terms = [...search.terms].sort((a, b) => b.bound - a.bound);
  const lists: List[] = terms.map(({ term, weight }) => {
    const { ordinals, frequencies, start, end } = postings.list(term);
    return { term, ordinals, frequencies, weight, position: start, stop: start, end };
  });
  /** What the terms from an index on add at most, together. */
  const boundsFrom = [0];
  for (const { bound } of terms.toReversed()) boundsFrom.unshift((boundsFrom[0] as number) + bound);

  /** How many terms, taken from the first, can bring up a hit. */
  let essential = terms.length;
  function isOver(): boolean {
    while (essential > 0 && (boundsFrom[essential - 1] as number) < hits.threshold) essential--;
    return essential === 0;
  }

  function nextOrdinal(): number {
    let next = Number.POSITIVE_INFINITY;
    for (let i = 0; i < essential; i++) {
      const { ordinals, stop, end } = lists[i] as List;
      if (stop < end) next = Math.min(next, ordinals[stop] as number);
    }
    return next;
  }

  function enterWindow(list: List, from: number, to: number): void {
    list.position = seek(list.ordinals, list.stop, list.end, from);
    list.stop = seek(list.ordinals, list.position, list.end, to);
  }

  const isSparse = areSparse(lists.reduce((sum, { position, end }) => sum + end - position, 0));
  let size = isSparse ? sparseWindow : firstWindow;
  for (let from = nextOrdinal(); !isOver() && from < Number.POSITIVE_INFINITY; from = nextOrdinal()) {
    let count = 0;
    for (let i = 0; i < essential; i++) {
      const list = lists[i] as List;
      enterWindow(list, from, from + size);
      count = addToAll(search, list, from, count);
    }
    for (let i = essential; i < lists.length && count > 0; i++) {
      const list = lists[i] as List;
      count = forgetHopeless(count, from, boundsFrom[i] as number, hits.threshold);
      enterWindow(list, from, from + size);
      if (list.stop - list.position < scanAdvantage * count) addToTouched(search, list, from);
      else lookUpTouched(search, list, from, count);
    }
    offerTouched(search, count, from);
    size = isSparse ? sparseWindow : laterWindow;
  }
}
