import type { MemoryDoc, MemoryHit } from '@aiwork/core';
import { createBestHits } from './best-hits.ts';
import { grown } from './grown.ts';
import { areSparse, offerBest, type ScoredTerm } from './max-score.ts';
import { createOrdinalsById } from './ordinals-by-id.ts';
import { type CorpusFacts, gridOf, quantise, type Ranking } from './ranking.ts';
import type { Tolerance } from './related-words.ts';
import { createSegment, type Segment, type StoredSegment } from './segment.ts';
import type { Steps } from './turns.ts';

/** A document that was checked, with the terms its text was cut into. */
export interface AdmittedDoc {
  readonly doc: MemoryDoc;
  readonly tokens: readonly string[];
}

interface IndexQuery {
  readonly tokens: readonly string[];
  readonly tolerance?: readonly Tolerance[];
  readonly topK: number;
  readonly minScore: number;
  /** Left out, every document may be a hit. */
  readonly accepts?: ((doc: MemoryDoc) => boolean) | undefined;
}

/** The inverted index under both ways in: it trusts its arguments. */
export interface DocumentIndex {
  readonly size: number;
  /** Adds a document, or replaces that of the same id. */
  put(doc: AdmittedDoc): void;
  /** Whether it was there. */
  delete(id: string): boolean;
  search(query: IndexQuery): MemoryHit[];
  doc(id: string): MemoryDoc | undefined;
  docs(): Generator<MemoryDoc>;
  /** Whether enough was deleted or replaced that it pays to be rid of it. */
  readonly isWasteful: boolean;
  /** Leaves nothing of what was deleted or replaced. It can be searched at every step, but not changed. */
  compact(): Steps;
  /** What is written down of it. */
  readonly segment: Segment;
}

/** No impact is above 1, but for what rounding adds. */
const mostImpact = 1 + 2 ** -48;

/** Below this many dead documents or words, compaction costs more than it gives back. */
const toleratedWaste = 1024;

export function hitOf({ id, text, metadata }: MemoryDoc, score: number): MemoryHit {
  return metadata === undefined ? { id, text, score } : { id, text, metadata, score };
}

const everything = (): boolean => true;

/** Room for one count of every term; all zero between texts. Counting never waits, so one buffer serves every index. */
let counts = new Uint32Array(1024);

/** Each term once, in the order of the first token; tokens without a term are left out. */
function countTerms(
  tokens: readonly string[],
  termOf: (token: string) => number | undefined,
): { readonly terms: number[]; readonly frequencies: number[] } {
  const terms: number[] = [];
  for (const token of tokens) {
    const term = termOf(token);
    if (term === undefined) continue;
    counts = grown(counts, term + 1);
    if (counts[term] === 0) terms.push(term);
    counts[term] = (counts[term] as number) + 1;
  }
  const frequencies = terms.map((term) => counts[term] as number);
  for (const term of terms) counts[term] = 0;
  return { terms, frequencies };
}

export function createDocumentIndex(ranking: Ranking, stored?: StoredSegment): DocumentIndex {
  let segment = createSegment(ranking, stored);
  let ordinals = createOrdinalsById(stored?.idOrder.ids);

  function remove(id: string): boolean {
    const ordinal = ordinals.get(id);
    if (ordinal === undefined) return false;
    segment.drop(ordinal);
    ordinals.delete(id);
    return true;
  }

  /** Rewriting costs as much as indexing once, so it waits until the dead are as many as half of the living. */
  function isWasteful(): boolean {
    const { waste, vocabulary } = segment;
    const tooManyDead = waste.documents > toleratedWaste && waste.documents > ordinals.size / 2;
    const tooManyWords = waste.words > toleratedWaste && waste.words > (vocabulary.size - waste.words) / 2;
    return tooManyDead || tooManyWords;
  }

  function* compact(): Steps {
    const { vocabulary } = segment;
    const fresh = createSegment(ranking);
    const freshOrdinals = createOrdinalsById();
    /** The new number of each old word, plus 1; 0 for words that have not come up. */
    const renumbering = new Uint32Array(vocabulary.size);
    for (const { doc, terms, frequencies } of segment.entries()) {
      const renumbered = new Uint32Array(terms.length);
      for (let i = 0; i < terms.length; i++) {
        const term = terms[i] as number;
        if (renumbering[term] === 0) renumbering[term] = fresh.vocabulary.intern(vocabulary.word(term)) + 1;
        renumbered[i] = (renumbering[term] as number) - 1;
      }
      freshOrdinals.set(doc.id, fresh.append({ doc, terms: renumbered, frequencies }));
      yield;
    }
    segment = fresh;
    ordinals = freshOrdinals;
  }

  function usedTerm(token: string): number | undefined {
    const term = segment.vocabulary.find(token);
    return term !== undefined && segment.documentFrequency(term) > 0 ? term : undefined;
  }

  /** Each word of the query, and those that count for one of them, less than it does itself. */
  function termsOf(tokens: readonly string[], tolerance: readonly Tolerance[]) {
    const { terms, frequencies } = countTerms(tokens, usedTerm);
    const factors = terms.map(() => 1);
    if (tolerance.length === 0) return { terms, frequencies, factors };
    const places = new Map(terms.map((term, i) => [term, i]));
    for (const { term, factor } of segment.words.related(new Set(tokens), tolerance)) {
      if (segment.documentFrequency(term) === 0 || places.has(term)) continue;
      places.set(term, terms.push(term) - 1);
      frequencies.push(1);
      factors.push(factor);
    }
    return { terms, frequencies, factors };
  }

  /** `grid`: see `quantise`. */
  function scoredTerms(
    tokens: readonly string[],
    tolerance: readonly Tolerance[],
    facts: CorpusFacts,
  ): { readonly terms: ScoredTerm[]; readonly grid: number } {
    const { terms, frequencies, factors } = termsOf(tokens, tolerance);
    const weights = ranking
      .weights(frequencies, terms.map(segment.documentFrequency), facts)
      .map((weight, i) => weight * (factors[i] as number));
    const scale = ranking.scale(facts);
    const grid = gridOf(weights);
    // Which impact of a list is the largest takes as long to say as its scores do.
    const isSparse = areSparse(terms.reduce((sum, term) => sum + segment.postings.size(term), 0));
    const scored = terms.map((term, i) => {
      const weight = weights[i] as number;
      const largest = isSparse ? mostImpact : segment.largestImpact(term, scale);
      return { term, weight, bound: quantise(weight * largest, grid) };
    });
    return { terms: scored, grid };
  }

  return {
    get size() {
      return ordinals.size;
    },
    put({ doc, tokens }) {
      remove(doc.id);
      ordinals.set(doc.id, segment.append({ doc, ...countTerms(tokens, segment.vocabulary.intern) }));
    },
    delete: remove,
    search({ tokens, tolerance = [], topK, minScore, accepts }) {
      const { facts, postings, statistics, idOrder } = segment;
      const { terms, grid } = scoredTerms(tokens, tolerance, facts);
      if (terms.length === 0) return [];
      const hits = createBestHits({ limit: topK, minScore, idOrder });
      offerBest({
        postings,
        statistics,
        ranking,
        scale: ranking.scale(facts),
        grid,
        terms,
        hits,
        accepts: accepts === undefined ? everything : (ordinal) => accepts(segment.doc(ordinal) as MemoryDoc),
      });
      return hits.sorted().map(({ ordinal, score }) => hitOf(segment.doc(ordinal) as MemoryDoc, score));
    },
    doc(id) {
      const ordinal = ordinals.get(id);
      return ordinal === undefined ? undefined : segment.doc(ordinal);
    },
    docs: () => segment.living(),
    get isWasteful() {
      return isWasteful();
    },
    compact,
    get segment() {
      return segment;
    },
  };
}
