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

const windowSize = 8192;

/** Sums of one window; all zero between searches. A search never waits, so one buffer serves every index. */
const sums = new Float64Array(windowSize);
const touched = new Uint32Array(windowSize);

interface Stretch {
  readonly term: number;
  readonly weight: number;
  readonly start: number;
  readonly end: number;
  /** First ordinal of the window. */
  readonly from: number;
  readonly touchedBefore: number;
}

/** Adds a stretch of a list to `sums`; returns how many documents have been touched so far. */
function addImpacts(
  { postings, statistics, ranking, scale, grid }: MaxScoreSearch,
  { term, weight, start, end, from, touchedBefore }: Stretch,
): number {
  const { ordinals, frequencies } = postings;
  const { impact } = ranking;
  const { offset, slope } = scale;
  let touchedCount = touchedBefore;
  for (let position = start; position < end; position++) {
    const ordinal = ordinals[position] as number;
    let frequency = frequencies[position] as number;
    if (frequency === wideFrequency) frequency = postings.wideFrequencyOf(term, ordinal);
    const added = quantise(
      weight * impact(frequency, offset + slope * (statistics[ordinal] as number)),
      grid,
    );
    const sum = sums[ordinal - from] as number;
    if (sum === 0) touched[touchedCount++] = ordinal;
    sums[ordinal - from] = sum + added;
  }
  return touchedCount;
}

/**
 * Offers every document that can be among the best, with its exact score.
 *
 * MaxScore (Turtle, Flood: Query evaluation: strategies and optimizations, 1995) over windows of documents as in Lucene's
 * `MaxScoreBulkScorer`: terms are ordered by their bound; once the bounds of the last ones together stay below the score
 * that a hit needs, no document can be a hit by them alone. Those lists are then only looked into for documents that the
 * other, rarer terms bring up. Equal to the threshold is not below it, so ties are always seen.
 */
export function offerBest(search: MaxScoreSearch): void {
  const {
    postings,
    statistics,
    ranking,
    scale: { offset, slope },
    grid,
    terms,
    hits,
    accepts,
  } = search;
  const { ordinals, frequencies } = postings;
  const { impact } = ranking;
  const ordered = [...terms].sort((a, b) => b.bound - a.bound);
  const count = ordered.length;
  const positions = ordered.map(({ term }) => postings.start(term));
  const ends = ordered.map(({ term }) => postings.start(term) + postings.size(term));
  /** What the terms from an index on add at most, together. */
  const boundsFrom = new Float64Array(count + 1);
  for (let i = count - 1; i >= 0; i--) {
    boundsFrom[i] = (boundsFrom[i + 1] as number) + (ordered[i] as ScoredTerm).bound;
  }
  let threshold = hits.threshold;

  function contribution(index: number, position: number, ordinal: number): number {
    const { term, weight } = ordered[index] as ScoredTerm;
    let frequency = frequencies[position] as number;
    if (frequency === wideFrequency) frequency = postings.wideFrequencyOf(term, ordinal);
    return quantise(weight * impact(frequency, offset + slope * (statistics[ordinal] as number)), grid);
  }

  /** First position of a list, from `from` on, whose document is not before `ordinal`. */
  function seek(index: number, from: number, ordinal: number): number {
    const end = ends[index] as number;
    let low = from;
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

  /** How many terms, taken from the first, can bring up a hit. */
  function essentialCount(): number {
    let essential = count;
    while (essential > 0 && (boundsFrom[essential - 1] as number) < threshold) essential--;
    return essential;
  }

  /** Adds what the terms from `essential` on give, and gives up as soon as the threshold is out of reach. */
  function finish(ordinal: number, sum: number, essential: number): void {
    let score = sum;
    for (let index = essential; index < count; index++) {
      if (!(score + (boundsFrom[index] as number) >= threshold)) return;
      const position = seek(index, positions[index] as number, ordinal);
      if (position < (ends[index] as number) && ordinals[position] === ordinal) {
        score += contribution(index, position, ordinal);
      }
    }
    if (!hits.wants(ordinal, score) || !accepts(ordinal)) return;
    hits.add(ordinal, score);
    threshold = hits.threshold;
  }

  /** Only the first list can bring up hits: no sums are needed. */
  function stream(): void {
    const end = ends[0] as number;
    const others = boundsFrom[1] as number;
    for (let position = positions[0] as number; position < end; position++) {
      const ordinal = ordinals[position] as number;
      const score = contribution(0, position, ordinal);
      if (!(score + others >= threshold)) continue;
      finish(ordinal, score, 1);
      if ((boundsFrom[0] as number) < threshold) return;
    }
  }

  /** Sums up a list inside a window; returns how many documents have been touched so far. */
  function accumulate(index: number, from: number, to: number, touchedBefore: number): number {
    const { term, weight } = ordered[index] as ScoredTerm;
    const start = positions[index] as number;
    const end = seek(index, start, to);
    positions[index] = end;
    return addImpacts(search, { term, weight, start, end, from, touchedBefore });
  }

  function nextOrdinal(essential: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (let index = 0; index < essential; index++) {
      const position = positions[index] as number;
      if (position < (ends[index] as number)) next = Math.min(next, ordinals[position] as number);
    }
    return next;
  }

  for (;;) {
    const essential = essentialCount();
    if (essential === 0) return;
    if (essential === 1) {
      stream();
      return;
    }
    const from = nextOrdinal(essential);
    if (from === Number.POSITIVE_INFINITY) return;
    const to = from + windowSize;
    let touchedCount = 0;
    for (let index = 0; index < essential; index++) touchedCount = accumulate(index, from, to, touchedCount);
    for (let index = essential; index < count; index++) {
      positions[index] = seek(index, positions[index] as number, from);
    }
    const others = boundsFrom[essential] as number;
    for (let i = 0; i < touchedCount; i++) {
      const ordinal = touched[i] as number;
      const sum = sums[ordinal - from] as number;
      sums[ordinal - from] = 0;
      if (sum + others >= threshold) finish(ordinal, sum, essential);
    }
  }
}
