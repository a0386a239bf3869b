import type { MemoryDoc } from '@aiwork/core';
import { grown } from './grown.ts';
import { createIdOrder, type IdOrder } from './id-order.ts';
import { createPostings, type Postings, wideFrequency } from './postings.ts';
import type { CorpusFacts, Ranking, Scale } from './ranking.ts';
import { createRelatedWords, type RelatedWords } from './related-words.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** A document as the index keeps it: distinct terms, and how often each occurs in it. */
export interface SegmentEntry {
  readonly doc: MemoryDoc;
  readonly terms: ArrayLike<number>;
  readonly frequencies: ArrayLike<number>;
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
  entries(): Generator<SegmentEntry>;
}

/** How far the average length may move before a term's largest impact is looked up again. */
const toleratedGrowth = 1.1;

export function createSegment(ranking: Ranking): Segment {
  const vocabulary = createVocabulary();
  const postings = createPostings();
  const docs: (MemoryDoc | undefined)[] = [];
  const idOrder = createIdOrder();
  let statistics = new Float64Array(64);
  let lengths = new Float64Array(64);
  let entryStarts = new Float64Array(64);
  let entryTerms = new Uint32Array(1024);
  let entryFrequencies = new Uint8Array(1024);
  let entriesUsed = 0;
  let documentFrequencies = new Uint32Array(256);
  let impacts = new Float64Array(256);
  let impactSlopes = new Float64Array(256);
  let impactCovers = new Uint32Array(256);
  let documents = 0;
  let totalLength = 0;
  let usedWords = 0;

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
    entryTerms[entriesUsed] = term;
    entryFrequencies[entriesUsed] = Math.min(frequency, wideFrequency);
    entriesUsed++;
    const before = documentFrequencies[term] as number;
    if (before === 0) usedWords++;
    documentFrequencies[term] = before + 1;
  }

  function entryEnd(ordinal: number): number {
    return ordinal + 1 < docs.length ? (entryStarts[ordinal + 1] as number) : entriesUsed;
  }

  function frequenciesOf(ordinal: number): number[] {
    const frequencies: number[] = [];
    const end = entryEnd(ordinal);
    for (let i = entryStarts[ordinal] as number; i < end; i++) {
      const stored = entryFrequencies[i] as number;
      frequencies.push(
        stored === wideFrequency ? postings.wideFrequencyOf(entryTerms[i] as number, ordinal) : stored,
      );
    }
    return frequencies;
  }

  function impactAmong(term: number, from: number, { offset, slope }: Scale): number {
    const { ordinals, frequencies } = postings;
    const end = postings.start(term) + postings.size(term);
    let largest = 0;
    for (let position = postings.start(term) + from; position < end; position++) {
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
    get facts() {
      return { documents, averageLength: documents > 0 ? totalLength / documents : 0 };
    },
    get waste() {
      return { documents: docs.length - documents, words: vocabulary.size - usedWords };
    },
    append({ doc, terms, frequencies }) {
      const ordinal = docs.push(doc) - 1;
      idOrder.add(doc.id);
      statistics = grown(statistics, docs.length);
      lengths = grown(lengths, docs.length);
      entryStarts = grown(entryStarts, docs.length);
      entryTerms = grown(entryTerms, entriesUsed + terms.length);
      entryFrequencies = grown(entryFrequencies, entriesUsed + terms.length);
      entryStarts[ordinal] = entriesUsed;
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
      if (docs[ordinal] === undefined) return;
      docs[ordinal] = undefined;
      statistics[ordinal] = Number.NaN;
      documents--;
      totalLength -= lengths[ordinal] as number;
      const end = entryEnd(ordinal);
      for (let i = entryStarts[ordinal] as number; i < end; i++) {
        const term = entryTerms[i] as number;
        const left = (documentFrequencies[term] as number) - 1;
        documentFrequencies[term] = left;
        if (left === 0) usedWords--;
      }
    },
    doc: (ordinal) => docs[ordinal],
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
    *entries() {
      for (let ordinal = 0; ordinal < docs.length; ordinal++) {
        const doc = docs[ordinal];
        if (doc === undefined) continue;
        const terms = entryTerms.subarray(entryStarts[ordinal], entryEnd(ordinal));
        yield { doc, terms, frequencies: frequenciesOf(ordinal) };
      }
    },
  };
}
