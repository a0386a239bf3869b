import type { MemoryDoc } from '@aiwork/core';
import { createDocColumn, type DocColumn, type StoredDocs } from './doc-column.ts';
import { createEntries, type StoredEntries } from './entries.ts';
import { grown } from './grown.ts';
import { createIdOrder, type IdOrder, type StoredIdOrder } from './id-order.ts';
import { createPostings, type Postings, type StoredPostings, wideFrequency } from './postings.ts';
import type { CorpusFacts, Ranking, Scale } from './ranking.ts';
import { createRelatedWords, type RelatedWords } from './related-words.ts';
import type { StoredStrings } from './storage/stored-strings.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** A document as the index keeps it: distinct terms, and how often each occurs in it. */
export interface SegmentEntry {
  readonly doc: MemoryDoc;
  readonly terms: ArrayLike<number>;
  readonly frequencies: ArrayLike<number>;
}

/** The terms of a document, without it. */
export type EntryTerms = Omit<SegmentEntry, 'doc'>;

/** A segment as it is written down: without dead documents and unused words. */
export interface StoredSegment {
  readonly words: StoredStrings;
  readonly idOrder: StoredIdOrder;
  readonly docs: StoredDocs;
  readonly postings: StoredPostings;
  /** What the ranking at hand knows of every ordinal; missing, it is another ranking than the one it was written by. */
  readonly statistics: Float64Array | undefined;
  readonly lengths: Uint32Array;
  readonly entries: StoredEntries;
}

/**
 * Documents under ascending ordinals, with their terms both ways. It is only appended to: `drop` marks an ordinal dead,
 * and a new segment filled from `entries()` is how dead ones and words nobody uses any more are got rid of.
 */
export interface Segment {
  readonly vocabulary: Vocabulary;
  readonly postings: Postings;
  readonly words: RelatedWords;
  /**
   * What the ranking knows of every ordinal; replaced when it grows. Dead documents have `NaN`, which makes every sum they
   * are part of `NaN` and so never greater than or equal to anything: search skips them without asking.
   */
  readonly statistics: Float64Array;
  /** Of every ordinal, dead ones included. */
  readonly idOrder: IdOrder;
  readonly docs: Pick<DocColumn, 'length' | 'json'>;
  readonly facts: CorpusFacts;
  /** Dead documents and unused words: what a new segment would not have. */
  readonly waste: { readonly documents: number; readonly words: number };
  append(entry: SegmentEntry): number;
  drop(ordinal: number): void;
  /** `undefined` once dropped. */
  doc(ordinal: number): MemoryDoc | undefined;
  documentFrequency(term: number): number;
  /** The largest impact of the term in any document. */
  largestImpact(term: number, scale: Scale): number;
  /** Of a document that is alive. */
  entry(ordinal: number): EntryTerms;
  entries(): Generator<SegmentEntry>;
  living(): Generator<MemoryDoc>;
}

/** How far the average length may move before a term's largest impact is looked up again. */
const toleratedGrowth = 1.1;

/** What is stored is used where it lies, and made another where it changes. */
export function createSegment(ranking: Ranking, stored?: StoredSegment): Segment {
  const vocabulary = createVocabulary(stored?.words);
  const postings = createPostings(stored?.postings);
  const docs = createDocColumn(stored?.docs);
  const idOrder = createIdOrder(stored?.idOrder);
  let statistics = grown(stored?.statistics ?? new Float64Array(docs.length), 64);
  let lengths = grown(stored?.lengths ?? new Uint32Array(0), 64);
  const entries = createEntries(stored?.entries);
  let documentFrequencies = grown(new Uint32Array(postings.termCount), 256);
  for (let term = 0; term < postings.termCount; term++) documentFrequencies[term] = postings.size(term);
  let impacts = grown(new Float64Array(postings.termCount), 256);
  let impactSlopes = grown(new Float64Array(postings.termCount), 256);
  let impactCovers = grown(new Uint32Array(postings.termCount), 256);
  let documents = docs.length;
  let totalLength = 0;
  for (let ordinal = 0; ordinal < documents; ordinal++) totalLength += lengths[ordinal] as number;
  let usedWords = postings.termCount;
  if (stored !== undefined && stored.statistics === undefined)
    for (let ordinal = 0; ordinal < documents; ordinal++)
      statistics[ordinal] = ranking.statistic(frequenciesOf(ordinal), lengths[ordinal] as number);

  function addTerm(): void {
    const count = postings.addTerm() + 1;
    documentFrequencies = grown(documentFrequencies, count);
    impacts = grown(impacts, count);
    impactSlopes = grown(impactSlopes, count);
    impactCovers = grown(impactCovers, count);
  }

  function addPosting(term: number, ordinal: number, frequency: number): void {
    while (term >= postings.termCount) addTerm();
    postings.append(term, ordinal, frequency);
    const before = documentFrequencies[term] as number;
    if (before === 0) usedWords++;
    documentFrequencies[term] = before + 1;
  }

  const isDead = (ordinal: number): boolean => Number.isNaN(statistics[ordinal]);

  function frequenciesOf(ordinal: number): number[] {
    const { terms, frequencies } = entries.at(ordinal);
    return Array.from(frequencies, (narrow, i) =>
      narrow === wideFrequency ? postings.wideFrequencyOf(terms[i] as number, ordinal) : narrow,
    );
  }

  const entry = (ordinal: number): EntryTerms => ({
    terms: entries.at(ordinal).terms,
    frequencies: frequenciesOf(ordinal),
  });

  function impactAmong(term: number, from: number, { offset, slope }: Scale): number {
    const { ordinals, frequencies, start, end } = postings.list(term);
    let largest = 0;
    for (let position = start + from; position < end; position++) {
      const ordinal = ordinals[position] as number;
      let frequency = frequencies[position] as number;
      if (frequency === wideFrequency) frequency = postings.wideFrequencyOf(term, ordinal);
      const impact = ranking.impact(frequency, offset + slope * (statistics[ordinal] as number));
      if (impact > largest) largest = impact;
    }
    return largest;
  }

  return {
    vocabulary,
    words: createRelatedWords(vocabulary),
    postings,
    get statistics() {
      return statistics;
    },
    idOrder,
    docs,
    get facts() {
      return { documents, averageLength: documents > 0 ? totalLength / documents : 0 };
    },
    get waste() {
      return { documents: docs.length - documents, words: vocabulary.size - usedWords };
    },
    append({ doc, terms, frequencies }) {
      const ordinal = docs.push(doc);
      idOrder.add(doc.id);
      statistics = grown(statistics, docs.length);
      lengths = grown(lengths, docs.length);
      entries.push(terms, frequencies);
      let length = 0;
      for (let i = 0; i < terms.length; i++) {
        addPosting(terms[i] as number, ordinal, frequencies[i] as number);
        length += frequencies[i] as number;
      }
      statistics[ordinal] = ranking.statistic(frequencies, length);
      lengths[ordinal] = length;
      documents++;
      totalLength += length;
      return ordinal;
    },
    drop(ordinal) {
      if (isDead(ordinal)) return;
      docs.drop(ordinal);
      statistics[ordinal] = Number.NaN;
      documents--;
      totalLength -= lengths[ordinal] as number;
      for (const term of entries.at(ordinal).terms) {
        const left = (documentFrequencies[term] as number) - 1;
        documentFrequencies[term] = left;
        if (left === 0) usedWords--;
      }
    },
    doc: docs.at,
    entry,
    documentFrequency: (term) => documentFrequencies[term] ?? 0,
    largestImpact(term, scale) {
      const growth = ranking.growth(impactSlopes[term] as number, scale.slope);
      const shrinkage = ranking.growth(scale.slope, impactSlopes[term] as number);
      const fresh = impactCovers[term] === 0 || growth > toleratedGrowth || shrinkage > toleratedGrowth;
      const size = postings.size(term);
      if (fresh) {
        impacts[term] = impactAmong(term, 0, scale);
        impactSlopes[term] = scale.slope;
      } else if ((impactCovers[term] as number) < size) {
        const known = { offset: scale.offset, slope: impactSlopes[term] as number };
        const added = impactAmong(term, impactCovers[term] as number, known);
        impacts[term] = Math.max(impacts[term] as number, added);
      }
      impactCovers[term] = size;
      if (fresh || growth === 1) return impacts[term] as number;
      // A hair above, so that the rounding of this product cannot push the bound below what it bounds.
      return (impacts[term] as number) * growth * (1 + 2 ** -48);
    },
    *living() {
      for (let ordinal = 0; ordinal < docs.length; ordinal++) {
        const doc = docs.at(ordinal);
        if (doc !== undefined) yield doc;
      }
    },
    *entries() {
      for (let ordinal = 0; ordinal < docs.length; ordinal++) {
        const doc = docs.at(ordinal);
        if (doc !== undefined) yield { doc, ...entry(ordinal) };
      }
    },
  };
}
